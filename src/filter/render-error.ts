import type { FilterError } from './syntax.ts'

/** How much of the text is shown on each side of the mistake. */
const AROUND = 50

/**
 * Two lines: the text (or what is around the mistake) and carets with the message under it. Control
 * characters are shown as blanks, in the message too, so that the text cannot move the carets or the
 * terminal.
 */
export function renderError(text: string, error: FilterError): string {
  const start = Math.max(0, error.offset - AROUND)
  const end = Math.min(text.length, error.offset + error.length + AROUND)
  const head = start > 0 ? '...' : ''
  const tail = end < text.length ? '...' : ''
  const shown = harmless(text.slice(start, end))
  const indent = ' '.repeat(head.length + error.offset - start)
  const carets = '^'.repeat(Math.max(1, Math.min(error.length, AROUND)))
  return `  ${head}${shown}${tail}\n  ${indent}${carets} ${harmless(error.message)}`
}

function harmless(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\p{Cf}\p{Cs}]/gu, ' ')
}
