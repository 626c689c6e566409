import { leavesOf } from '../../src/config/describe.ts'
import type { SinkDeclaration } from '../../src/config/option-declaration.ts'
import { sinkKinds } from '../../src/sinks/kinds.ts'
import { pageOf, row, shownDefault, table, type Page } from './page.ts'

/** docs/sinks/KIND.md: each has the table of its options from the declaration. */
export const sinkPages = (): Promise<readonly Page[]> =>
  Promise.all(
    sinkKinds.map((kind) => pageOf(`sinks/${kind.kind}.md`, { options: optionsOf(kind) })),
  )

function optionsOf({ kind, options }: SinkDeclaration): string {
  const example = `As a file, with every option: [examples/sinks/${kind}.yaml](../../examples/sinks/${kind}.yaml).`
  const rows = leavesOf(options).map((leaf) =>
    row(leaf.path.join('.'), shownDefault(leaf.default), leaf.description),
  )
  return `${example}\n\n${table(['option', 'default', 'meaning'], rows)}`
}
