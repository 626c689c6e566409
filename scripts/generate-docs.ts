// Writes the tables of docs/configuration.md from the schema: node scripts/generate-docs.ts
// With --check it only says (exit code 1) whether they are up to date.
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { format, resolveConfig } from 'prettier'
import { leavesOf, type SettingLeaf } from '../src/config/describe.ts'
import { variableOf } from '../src/config/environment.ts'
import type { SinkDeclaration } from '../src/config/option-declaration.ts'
import { settingsSchema } from '../src/config/schema.ts'
import { sinkKinds } from '../src/sinks/kinds.ts'

const page = resolve(import.meta.dirname, '../docs/configuration.md')

/** The page as it is, and as it should be. */
export async function configurationPage(): Promise<{
  readonly is: string
  readonly wanted: string
}> {
  const is = await readFile(page, 'utf8')
  let wanted = replaced(is, 'settings', settingsTable())
  wanted = replaced(wanted, 'sinks', sinkKinds.map(sinkSection).join('\n\n'))
  const options = await resolveConfig(page)
  return { is, wanted: await format(wanted, { ...options, parser: 'markdown' }) }
}

function replaced(text: string, name: string, content: string): string {
  const place = new RegExp(`(<!-- generated: ${name}.*-->\n)[^]*?(<!-- end -->)`)
  if (!place.test(text)) throw new Error(`docs/configuration.md has no place for "${name}"`)
  return text.replace(place, (_, begin: string, end: string) => `${begin}\n${content}\n\n${end}`)
}

function settingsTable(): string {
  const rows = leavesOf(settingsSchema(sinkKinds))
    .filter(({ path }) => path[0] !== 'sinks')
    .map((leaf) =>
      row(leaf.path.join('.'), shownVariable(leaf), shownDefault(leaf), leaf.description),
    )
  return table(['setting', 'variable', 'default', 'meaning'], rows)
}

function sinkSection({ kind, summary, schemes, examples, options }: SinkDeclaration): string {
  const rows = leavesOf(options).map((leaf) =>
    row(leaf.path.join('.'), shownDefault(leaf), leaf.description),
  )
  return [
    `### ${kind}`,
    `${summary}. Schemes: ${schemes.map((scheme) => `\`${scheme}:\``).join(', ')}.`,
    `\`\`\`\n${examples.join('\n')}\n\`\`\``,
    table(['option', 'default', 'meaning'], rows),
  ].join('\n\n')
}

/** The version of the file's format is a matter of the file. */
function shownVariable({ path }: SettingLeaf): string {
  return path[0] === 'version' ? '' : `\`${variableOf(path)}\``
}

function shownDefault({ default: value }: SettingLeaf): string {
  if (value === undefined || value === '') return ''
  if (Array.isArray(value) && value.length === 0) return ''
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return ''
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}

function row(name: string, ...cells: readonly string[]): string {
  return `| ${[`\`${name}\``, ...cells].map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`
}

function table(head: readonly string[], rows: readonly string[]): string {
  const title = `| ${head.join(' | ')} |`
  return [title, `|${' --- |'.repeat(head.length)}`, ...rows].join('\n')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { is, wanted } = await configurationPage()
  if (process.argv.includes('--check')) process.exitCode = is === wanted ? 0 : 1
  else await writeFile(page, wanted)
}
