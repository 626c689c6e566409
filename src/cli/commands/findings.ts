import { Option } from 'commander'
import type { JournalView } from '../../journal/journal.ts'
import type { LivesView } from '../../lives/view.ts'
import { findingsOf, type Finding } from '../../query/findings.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { openView, type JournalOptions } from '../journal-access.ts'
import { openLives } from '../lives-access.ts'
import { outputFormats, print, type OutputFormat, type Printable } from '../output.ts'

interface Options extends JournalOptions {
  readonly severity: Finding['severity']
  readonly exitCode?: boolean
  readonly output: OutputFormat
}

interface Row extends Finding {
  readonly lineage: string
  readonly container: string
  readonly image: string
}

const SEVERITIES = ['low', 'medium', 'high'] as const

export const registerFindings: RegisterCommand = (program, context) => {
  program
    .command('findings')
    .summary('what an auditor asks about in containers that run')
    .description(
      'Lists what stands out in how running containers are run: privileged, the engine socket mounted, host namespaces, added capabilities, no memory limit, an image that is not pinned; with the recommendation of the CIS Docker Benchmark 1.5.0. From what inspect said last; nothing is asked of the engine.',
    )
    .addOption(
      new Option('--severity <least>', 'this one and worse').choices(SEVERITIES).default('low'),
    )
    .option('--exit-code', `exit with ${exitCodes.matched} where there are any`)
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(outputFormats).default('table'),
    )
    .option('--data <dir>', 'where the journal is')
    .option('-c, --config <file>', 'configuration file')
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

async function findings(lives: LivesView, journal: JournalView): Promise<Row[]> {
  const running = new Map<number, { readonly lineage: string; readonly id: string }>()
  for (const { lineage, container, factsSeq } of lives.running()) {
    if (factsSeq !== undefined) running.set(factsSeq, { lineage, id: container })
  }
  const rows: Row[] = []
  for (const entry of await journal.find([...running.keys()])) {
    const about = running.get(entry.seq)!
    if (entry.kind !== 'record' || entry.container === undefined) continue
    const { image } = entry.container
    for (const finding of findingsOf(entry.container)) {
      rows.push({ ...finding, lineage: about.lineage, container: about.id, image: image.name })
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
