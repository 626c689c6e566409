import { KEYS, type Filter, type Pattern } from './syntax.ts'

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
    case 'field':
      return `${filter.field}:${value(filter.pattern)}`
    case 'label':
      return `label.${labelName(filter.name)}:${value(filter.pattern)}`
    case 'has-label':
      return `label:${BARE.test(filter.pattern) ? filter.pattern : quoted(filter.pattern)}`
    case 'kind':
      return `kind:${filter.kind}`
    case 'word':
      return bareWord(filter.pattern) ? filter.pattern : quoted(filter.pattern)
  }
}

/** Fewer characters than the parser takes: what looks odd is quoted. */
const BARE = /^[\p{L}\p{N}_./*?@+-]+$/u
const BARE_VALUE = /^[\p{L}\p{N}_./*?@+:=-]+$/u

function wrapped(part: Filter, ops: readonly Filter['op'][]): string {
  return ops.includes(part.op) ? `(${printFilter(part)})` : printFilter(part)
}

function value(pattern: Pattern): string {
  return BARE_VALUE.test(pattern) ? pattern : quoted(pattern)
}

function bareWord(pattern: Pattern): boolean {
  if (!BARE.test(pattern) || pattern.startsWith('-') || pattern.startsWith('label.')) return false
  return !/^(?:and|or|not)$/i.test(pattern) && !KEYS.includes(pattern)
}

/** Patterns keep their backslashes, so nothing in them can end the quotes. */
function quoted(pattern: Pattern): string {
  return `"${pattern}"`
}

function labelName(name: string): string {
  if (/^[\p{L}\p{N}_./@+-]+$/u.test(name)) return name
  return `"${name.replaceAll(/[\\"]/g, String.raw`\$&`)}"`
}
