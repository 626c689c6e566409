import { Option } from 'commander'
import type { SqlCondition } from '../../filter/sql.ts'
import type { JournalView } from '../../journal/journal.ts'
import type { RunRow } from '../../lives/run-row.ts'
import type { LivesView } from '../../lives/view.ts'
import { postureOf, type Posture } from '../../model/posture.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { openView } from '../journal-access.ts'
import { listOptions, type ListOptions } from '../journal-options.ts'
import { openLives } from '../lives-access.ts'
import { print, type Printable } from '../output.ts'

interface Options extends ListOptions {
  readonly severity: Posture['severity']
  readonly exitCode?: boolean
}

interface Row extends Posture {
  readonly lineage: string
  readonly container: string
  readonly image: string
}

const SEVERITIES = ['low', 'medium', 'high'] as const

export const registerFindings: RegisterCommand = (program, context) => {
  listOptions(program.command('findings'))
    .summary('what an auditor asks about in containers that run')
    .description(
      'Lists what stands out in how running containers are run: privileged, the engine socket mounted, host namespaces, added capabilities, no memory limit, an image that is not pinned; with the recommendation of the CIS Docker Benchmark 1.5.0. From what inspect said last; nothing is asked of the engine.',
    )
    .addOption(
      new Option('--severity <least>', 'this one and worse').choices(SEVERITIES).default('low'),
    )
    .option('--exit-code', `exit with ${exitCodes.matched} where there are any`)
    .addHelpText(
      'after',
      `
Examples:
  $ auditor findings
  $ auditor findings --severity high --exit-code`,
    )
    .action((options: Options) => run(context, options))
}

async function run(context: CommandContext, options: Options): Promise<void> {
  using lives = await openLives(context, options)
  await using journal = await openView(context, options)
  const least = SEVERITIES.indexOf(options.severity)
  const found = (await findings(lives, journal)).filter(
    ({ severity }) => SEVERITIES.indexOf(severity) >= least,
  )
  found.sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity))
  await print(context.terminal, options.output, found, printable, context.signal)
  if (options.exitCode === true && found.length > 0) context.exitWith(exitCodes.matched)
}

const RUNNING: SqlCondition = { sql: 'r.ended IS NULL AND l.removed IS NULL', params: [] }

async function findings(lives: LivesView, journal: JournalView): Promise<Row[]> {
  const running = new Map<number, RunRow>()
  for (const run of lives.runs({ where: RUNNING })) {
    if (run.container.factsSeq !== undefined) running.set(run.container.factsSeq, run)
  }
  const rows: Row[] = []
  for (const entry of await journal.find([...running.keys()])) {
    const { lineage, container } = running.get(entry.seq)!
    if (entry.kind !== 'record' || entry.container === undefined) continue
    for (const finding of postureOf(entry.container)) {
      rows.push({
        ...finding,
        lineage: lineage.name,
        container: container.id,
        image: container.image,
      })
    }
  }
  return rows
}

const printable: Printable<Row> = {
  empty: 'nothing stands out in what runs',
  columns: [
    { heading: 'SEVERITY', name: 'severity', value: ({ severity }) => severity },
    { heading: 'LINEAGE', name: 'lineage', value: ({ lineage }) => lineage },
    { heading: 'FINDING', name: 'finding', value: ({ what }) => what },
    { heading: 'DETAIL', name: 'detail', value: ({ detail }) => detail },
    { heading: 'CIS', name: 'cis', value: ({ cis }) => cis },
    { heading: 'IMAGE', name: 'image', value: ({ image }) => image },
    {
      heading: 'CONTAINER',
      name: 'container',
      value: ({ container }) => container,
      cell: ({ container }) => container.slice(0, 12),
    },
  ],
}
