import { printableText } from './output.ts'

/** Drawn over two columns by terminals: East Asian letters, and pictures. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u
const MARK = /^\p{M}$/u

const widthOf = (char: string): number => (MARK.test(char) ? 0 : WIDE.test(char) ? 2 : 1)

/** A text for so many columns of a terminal: escaped, cut with an ellipsis, or filled with blanks. */
export function fitted(text: string, columns: number): string {
  if (columns <= 0) return ''
  const chars = Array.from(printableText(text.slice(0, 4 * columns + 64)))
  let width = 0
  for (const [at, char] of chars.entries()) {
    const next = width + widthOf(char)
    if (next > columns) return cut(chars.slice(0, at), columns - 1)
    width = next
  }
  return chars.join('') + ' '.repeat(columns - width)
}

/** What fits, an ellipsis behind it. */
function cut(chars: readonly string[], columns: number): string {
  const kept = [...chars]
  let width = kept.reduce((sum, char) => sum + widthOf(char), 0)
  while (width > columns) width -= widthOf(kept.pop()!)
  return `${kept.join('')}…${' '.repeat(columns - width)}`
}
