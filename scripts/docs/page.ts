import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { format, resolveConfig } from 'prettier'

/** A page of docs/ as it is, and as it should be. */
export interface Page {
  readonly path: string
  readonly is: string
  readonly wanted: string
}

/** @param parts what belongs between `<!-- generated: NAME -->` and `<!-- end -->`, by name */
export async function pageOf(
  name: string,
  parts: Readonly<{ [name: string]: string }>,
): Promise<Page> {
  const path = resolve(import.meta.dirname, '../../docs', name)
  const is = await readFile(path, 'utf8')
  let wanted = is
  for (const [part, content] of Object.entries(parts))
    wanted = replaced(wanted, part, content, name)
  const options = await resolveConfig(path)
  return { path, is, wanted: await format(wanted, { ...options, parser: 'markdown' }) }
}

function replaced(text: string, part: string, content: string, page: string): string {
  const place = new RegExp(`(<!-- generated: ${part}.*-->\n)[^]*?(<!-- end -->)`)
  if (!place.test(text)) throw new Error(`docs/${page} has no place for "${part}"`)
  return text.replace(place, (_, begin: string, end: string) => `${begin}\n${content}\n\n${end}`)
}

export function row(name: string, ...cells: readonly string[]): string {
  return `| ${[`\`${name}\``, ...cells].map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`
}

export function table(head: readonly string[], rows: readonly string[]): string {
  const title = `| ${head.join(' | ')} |`
  return [title, `|${' --- |'.repeat(head.length)}`, ...rows].join('\n')
}

/** A default as a table shows it; nothing where there is none, or an empty one. */
export function shownDefault(value: unknown): string {
  if (value === undefined || value === '') return ''
  if (Array.isArray(value) && value.length === 0) return ''
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return ''
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}
