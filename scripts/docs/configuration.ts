import { leavesOf, type SettingLeaf } from '../../src/config/describe.ts'
import { variableOf } from '../../src/config/environment.ts'
import type { SinkDeclaration } from '../../src/config/option-declaration.ts'
import { settingsSchema } from '../../src/config/schema.ts'
import { sinkKinds } from '../../src/sinks/kinds.ts'
import { pageOf, row, shownDefault, table, type Page } from './page.ts'

/** docs/configuration.md: its tables come from the schema. */
export const configurationPage = (): Promise<Page> =>
  pageOf('configuration.md', {
    settings: settingsTable(),
    sinks: sinkKinds.map(sinkSection).join('\n\n'),
  })

function settingsTable(): string {
  const rows = leavesOf(settingsSchema(sinkKinds))
    .filter(({ path }) => path[0] !== 'sinks')
    .map((leaf) =>
      row(leaf.path.join('.'), shownVariable(leaf), shownDefault(leaf.default), leaf.description),
    )
  return table(['setting', 'variable', 'default', 'meaning'], rows)
}

function sinkSection({ kind, summary, schemes, examples }: SinkDeclaration): string {
  return [
    `### ${kind}`,
    `${summary}. Schemes: ${schemes.map((scheme) => `\`${scheme}:\``).join(', ')}. Its options: [sinks/${kind}.md](sinks/${kind}.md#options).`,
    `\`\`\`\n${examples.join('\n')}\n\`\`\``,
  ].join('\n\n')
}

/** The version of the file's format is a matter of the file. */
function shownVariable({ path }: SettingLeaf): string {
  return path[0] === 'version' ? '' : `\`${variableOf(path)}\``
}
