import { LABEL, type Filter, type Pattern, type Term } from './syntax.ts'

/** The text `parseFilter` reads back to the same tree. */
export function printFilter(filter: Filter): string {
  switch (filter.op) {
    case 'all':
      return ''
    case 'and':
      return filter.parts.map((part) => wrapped(part, ['and', 'or'])).join(' AND ')
    case 'or':
      return filter.parts.map((part) => wrapped(part, ['or'])).join(' OR ')
    case 'not':
      return `NOT ${wrapped(filter.part, ['and', 'or'])}`
    case 'term':
      return `${key(filter.key)}${filter.sign}${values(filter)}`
    case 'word':
      return bareWord(filter.pattern) ? filter.pattern : quoted(filter.pattern)
  }
}

/** Fewer characters than the parser takes: what looks odd is quoted. */
const BARE = /^[\p{L}\p{N}_./*?@+-]+$/u
const BARE_VALUE = /^[\p{L}\p{N}_./*?@+:-][\p{L}\p{N}_./*?@+:=-]*$/u

function wrapped(part: Filter, ops: readonly Filter['op'][]): string {
  return ops.includes(part.op) ? `(${printFilter(part)})` : printFilter(part)
}

function values({ key, values }: Term): string {
  // What looks like a label's value there would be taken for a mistake.
  const bare = key === 'label' ? BARE : BARE_VALUE
  return values.map((value) => (bare.test(value) ? value : quoted(value))).join(',')
}

function bareWord(pattern: Pattern): boolean {
  if (!BARE.test(pattern) || pattern.startsWith('-') || pattern.startsWith(LABEL)) return false
  return !/^(?:and|or|not)$/i.test(pattern)
}

/** Patterns keep their backslashes, so nothing in them can end the quotes. */
function quoted(pattern: Pattern): string {
  return `"${pattern}"`
}

function key(name: string): string {
  if (!name.startsWith(LABEL)) return name
  const label = name.slice(LABEL.length)
  if (/^[\p{L}\p{N}_./@+-]+$/u.test(label)) return name
  return `${LABEL}"${label.replaceAll(/[\\"]/g, String.raw`\$&`)}"`
}
