/** Members that are a map in Go, which writes them sorted; all others are fields in their order. */
const MAPS = new Set(['Attrs'])

/**
 * JSON text as Go's `encoding/json` of the old programs wrote it, byte for byte: `<`, `>` and `&` are
 * escaped, and so are the line separators of Unicode and every control character but three.
 */
export function goJson(value: unknown): string {
  if (typeof value === 'string') return goText(value)
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value).map(member).join(',')}}`
}

function member([name, value]: readonly [string, unknown]): string {
  return `${goText(name)}:${MAPS.has(name) ? goMap(value as object) : goJson(value)}`
}

/** Go compares the bytes of UTF-8. */
function goMap(map: object): string {
  const sorted = Object.entries(map).sort(([a], [b]) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  )
  return `{${sorted.map(([name, value]) => `${goText(name)}:${goJson(value)}`).join(',')}}`
}

const SHORT: { readonly [character: string]: string } = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

function goText(text: string): string {
  return `"${text.toWellFormed().replace(/["\\<>&\u2028\u2029\p{Cc}]/gu, escaped)}"`
}

/** The control characters from U+007F on are none to Go. */
function escaped(character: string): string {
  const code = character.charCodeAt(0)
  if (code >= 0x7f && code < 0xa0) return character
  return SHORT[character] ?? `\\u${code.toString(16).padStart(4, '0')}`
}
