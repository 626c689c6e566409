import type { ExecRow } from '../../lives/exec-row.ts'
import type { LineageRow, RunRow } from '../../lives/run-row.ts'
import type { StreakRow } from '../../lives/streak-row.ts'
import type { JournalView } from '../../journal/journal.ts'
import type { ContainerFacts } from '../../model/container-facts.ts'
import { lengthText, type Nanoseconds } from '../../model/time.ts'
import { changeText, factsDiff } from '../../model/facts-diff.ts'
import { updateLines, type UpdateLines } from '../update-lines.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { execLines } from '../exec-text.ts'
import { openView, type JournalOptions } from '../journal-access.ts'
import { journalOptions } from '../journal-options.ts'
import { openLives, theLineage } from '../lives-access.ts'
import { localMoment } from '../local-time.ts'
import { printableText } from '../output.ts'
import { wholeNumber } from '../option-types.ts'
import { exitText, lastedOf, stateOf } from '../run-text.ts'
import { write } from '../streams.ts'

/** Execs looked at for those of the runs that are shown. */
const MOST_EXECS = 10_000

/** What is known beside the runs. */
interface Beside {
  /** Told among the runs. */
  readonly updates: UpdateLines
  /** By the container's id. */
  readonly facts: ReadonlyMap<string, ContainerFacts>
  /** See `runKey`; the newest first. */
  readonly execs: ReadonlyMap<string, readonly ExecRow[]>
}

interface Options extends JournalOptions {
  readonly limit: number
}

export const registerShow: RegisterCommand = (program, context) => {
  journalOptions(program.command('show'))
    .summary('the story of a container over all its recreations')
    .description(
      'Shows the runs of a lineage in their order, container by container, what people ran in them, and what was changed between two of them.',
    )
    .argument('<name>', 'a container, its id, or what it is a part of: shop/api, web.2')
    .option('--limit <n>', 'the last so many runs', wholeNumber, 50)
    .addHelpText(
      'after',
      `
Examples:
  $ auditor show shop/api
  $ auditor show web --limit 5`,
    )
    .action((name: string, options: Options) => run(context, name, options))
}

async function run(context: CommandContext, name: string, options: Options): Promise<void> {
  using lives = await openLives(context, options)
  await using journal = await openView(context, options)
  const lineage = theLineage(lives, name)
  const limit = options.limit === 0 ? {} : { limit: options.limit }
  const runs = [...lives.runs({ lineage: lineage.id, ...limit })].reverse()
  const facts = await factsOf(journal, runs)
  const updates = await updateLines(journal, runs)
  const streaks = lives.streaks({ lineage: lineage.id })
  const execs = execsByRun(
    lives.execs({ lineages: [lineage.id], who: 'person', limit: MOST_EXECS }),
  )
  const [head, ...lines] = story(lineage, runs, { facts, updates, execs }, context.clock.nowNanos())
  for (const line of [head!, ...streaks.map(again), ...lines]) {
    if (!(await write(context.terminal.stdout, `${printableText(line)}\n`))) return
  }
}

/** `! restart-loop: 6 times since 2026-11-23 10:00:00 (crashed, exit code 1), over since ...` */
function again({ finding, count, from, words, resolvedAt }: StreakRow): string {
  const end =
    resolvedAt === undefined ? 'not over' : `over since ${localMoment(resolvedAt).slice(0, 19)}`
  return `! ${finding}: ${count} times since ${localMoment(from).slice(0, 19)} (${words.join('; ')}), ${end}`
}

/** The newest facts of each container that is shown, as far as the journal still has them. */
async function factsOf(
  journal: JournalView,
  runs: readonly RunRow[],
): Promise<ReadonlyMap<string, ContainerFacts>> {
  const seqs = new Set(runs.flatMap(({ container }) => container.factsSeq ?? []))
  const facts = new Map<string, ContainerFacts>()
  for (const entry of await journal.find([...seqs])) {
    if (entry.kind === 'record' && entry.container !== undefined) {
      facts.set(entry.event.actorId, entry.container)
    }
  }
  return facts
}

function* story(
  lineage: LineageRow,
  runs: readonly RunRow[],
  { facts, updates, execs }: Beside,
  now: Nanoseconds,
): Generator<string> {
  const shown = runs.length === lineage.runs ? '' : `, the last ${runs.length} of them`
  yield `${lineage.name}: ${lineage.runs} ${lineage.runs === 1 ? 'run' : 'runs'}${shown}`
  let before: RunRow | undefined
  for (const [at, run] of runs.entries()) {
    if (run.container.id !== before?.container.id) {
      yield ''
      yield heading(run)
      yield* changes(before, run, facts)
      yield* updates.heading(run)
    }
    if (run.startedAt !== undefined) yield* updates.before(run, run.startedAt)
    yield line(run, now)
    yield* execLines(execs.get(runKey(run)) ?? [], now)
    if (runs[at + 1]?.container.id !== run.container.id) yield* updates.before(run)
    before = run
  }
}

function execsByRun(rows: Iterable<ExecRow>): ReadonlyMap<string, readonly ExecRow[]> {
  const execs = new Map<string, ExecRow[]>()
  for (const row of rows) {
    const known = execs.get(runKey(row))
    if (known === undefined) execs.set(runKey(row), [row])
    else known.push(row)
  }
  return execs
}

const runKey = ({ container, run }: Pick<ExecRow, 'container' | 'run'>): string =>
  `${container.id} ${run}`

function heading({ container }: RunRow): string {
  const { id, name, image, createdAt, removedAt } = container
  const made = createdAt === undefined ? '' : `, created ${localMoment(createdAt).slice(0, 19)}`
  const gone = removedAt === undefined ? '' : `, removed ${localMoment(removedAt).slice(0, 19)}`
  return `${id.slice(0, 12)}  ${name}  ${image}${made}${gone}`
}

function* changes(
  before: RunRow | undefined,
  run: RunRow,
  facts: ReadonlyMap<string, ContainerFacts>,
): Generator<string> {
  if (before === undefined) return
  const [last, now] = [facts.get(before.container.id), facts.get(run.container.id)]
  if (last === undefined || now === undefined) {
    yield '  what was changed is not known: the facts of one of the two are not in the journal (any more)'
    return
  }
  for (const change of factsDiff(last, now)) yield `  ~ ${changeText(change)}`
}

function line(run: RunRow, now: Nanoseconds): string {
  const { number, startedAt, startedBy, ooms, execs, healthFlips, pausedNanos } = run
  const start = startedAt === undefined ? '?'.padEnd(19) : localMoment(startedAt).slice(0, 19)
  const by = startedBy === undefined ? '' : ` by ${startedBy}`
  const exit = exitText(run)
  const extras = [
    ...(run.failure === undefined ? [] : [run.failure]),
    ...(ooms === 0 ? [] : [`out of memory ${ooms}x`]),
    ...(healthFlips === 0 ? [] : [`health changed ${healthFlips}x`]),
    ...(execs === 0 ? [] : [`${execs} commands run in it`]),
    ...(pausedNanos === 0n ? [] : [`paused ${lengthText(pausedNanos)}`]),
  ]
  const parts = [
    `  #${number}`.padEnd(6),
    `${start}${by}`,
    lastedOf(run, now).padStart(8),
    `${stateOf(run)}${exit === '' ? '' : ` ${exit}`}`,
    extras.join(', '),
  ]
  return parts.join('  ').trimEnd()
}
