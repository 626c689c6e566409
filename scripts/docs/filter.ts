import { ENTRIES } from '../../src/filter/entries.ts'
import { execSubject } from '../../src/lives/exec-subject.ts'
import { runSubject } from '../../src/lives/run-subject.ts'
import type { Subject } from '../../src/filter/subject.ts'
import { pageOf, row, table, type Page } from './page.ts'

/** docs/filter.md: its table of fields comes from their declaration. */
export const filterPage = (): Promise<Page> =>
  pageOf('filter.md', {
    'fields of entries': fieldTable(ENTRIES),
    'fields of runs': fieldTable(runSubject(0n)),
    'fields of execs': fieldTable(execSubject(0n)),
  })

function fieldTable<Row>({ fields }: Subject<Row>): string {
  const rows = fields.map((field) => {
    const values =
      field.type === 'enum' ? `: ${field.values.map((each) => `\`${each}\``).join(', ')}` : ''
    const aliases = (field.aliases ?? []).map((name) => ` (also \`${name}\`)`).join('')
    return row(
      field.name,
      field.type === 'enum' ? 'words' : field.type,
      `${field.about}${values}${aliases}`,
    )
  })
  return table(['field', 'type', 'what it is'], rows)
}
