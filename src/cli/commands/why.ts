import { Option } from 'commander'
import type { RunRow } from '../../lives/run-row.ts'
import { AuditorError } from '../../model/errors.ts'
import { formatNanos, lengthText, type Nanoseconds } from '../../model/time.ts'
import { explain } from '../../query/why.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import type { JournalOptions } from '../journal-access.ts'
import { journalOptions } from '../journal-options.ts'
import { openLives, theLineage } from '../lives-access.ts'
import { localMoment } from '../local-time.ts'
import { printableText } from '../output.ts'
import { wholeNumber } from '../option-types.ts'
import { ago, exitText } from '../run-text.ts'
import { runJson } from '../run-json.ts'
import { write } from '../streams.ts'

interface Options extends JournalOptions {
  readonly nth: number
  readonly output: 'text' | 'json'
}

export const registerWhy: RegisterCommand = (program, context) => {
  journalOptions(program.command('why'))
    .summary('why a container ended, with the evidence')
    .description(
      'Explains the last end of a container: its cause, what that rests on, and what is not known.',
    )
    .argument('<name>', 'a container, its id, or what it is a part of: shop/api, web.2')
    .option('--nth <n>', 'the end before the last one: 2, and so on', wholeNumber, 1)
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ auditor why web
  $ auditor why shop/api --nth 2
  $ auditor why 3f9c1a2b -o json`,
    )
    .action((name: string, options: Options) => run(context, name, options))
}

/** The runs looked at for what was before, and what came after. */
const MOST_RUNS = 1_000

async function run(context: CommandContext, name: string, options: Options): Promise<void> {
  using lives = await openLives(context, options)
  const lineage = theLineage(lives, name)
  const runs = [...lives.runs({ lineage: lineage.id, limit: MOST_RUNS })]
  const ended = runs.filter(({ cause }) => cause !== undefined)
  const asked = ended[Math.max(1, options.nth) - 1]
  if (asked === undefined) {
    const has =
      ended.length === 0
        ? 'has not ended since the journal began'
        : `has ended ${ended.length} times`
    throw new AuditorError('failed', `${printableText(lineage.name)} ${has}`)
  }
  const { stdout } = context.terminal
  if (options.output === 'json') {
    await write(stdout, `${runJson(asked, { why: explain(asked) })}\n`)
    return
  }
  const now = context.clock.nowNanos()
  for (const line of story(asked, runs, now)) await write(stdout, `${printableText(line)}\n`)
}

function story(asked: RunRow, runs: readonly RunRow[], now: Nanoseconds): string[] {
  const { container, lineage, endedAt, startedAt } = asked
  const exit = exitText(asked)
  const code = exit === '' || exit === '?' ? '' : `, exit ${exit}`
  const when = endedAt === undefined ? '' : ` ${ago(endedAt, now)} (${localMoment(endedAt)})`
  const lived =
    startedAt === undefined || endedAt === undefined
      ? ''
      : ` It had run for ${lengthText(endedAt - startedAt)}.`
  return [
    `${lineage.name} (${container.id.slice(0, 12)}, ${container.image}) ended${when}${code}.${lived}`,
    `Cause: ${asked.cause!}. ${explain(asked).join(' ')}`,
    [...sameBefore(asked, runs, now), afterwards(asked, runs, now)].join(' '),
    'Docker does not record which user acts on its API.',
    ...evidenceOf(asked),
  ].filter((line) => line !== '')
}

const WEEK = 7n * 86_400_000_000_000n

function sameBefore(asked: RunRow, runs: readonly RunRow[], now: Nanoseconds): string[] {
  if (asked.cause === 'unknown') return []
  const same = runs.filter(
    ({ cause, endedAt, number }) =>
      cause === asked.cause &&
      number <= asked.number &&
      endedAt !== undefined &&
      now - endedAt <= WEEK,
  )
  if (same.length < 2) return []
  const least = runs.length < MOST_RUNS ? '' : 'at least '
  return [`It is number ${least}${same.length} with this cause in 7 days.`]
}

function afterwards(asked: RunRow, runs: readonly RunRow[], now: Nanoseconds): string {
  const next = runs.find(({ number }) => number === asked.number + 1)
  if (next === undefined) {
    return asked.container.removedAt === undefined
      ? 'It has not been started since.'
      : 'The container was removed, and none followed it.'
  }
  const by =
    next.startedBy === 'policy'
      ? ' by its restart policy'
      : next.startedBy === 'restart'
        ? ' by a restart'
        : ''
  const other = next.container.id === asked.container.id ? '' : ', as a new container'
  const start = next.startedAt === undefined ? '' : ` ${ago(next.startedAt, now)}`
  const latest = runs[0]!
  const state =
    latest.cause === undefined
      ? ` It runs${latest.startedAt === undefined ? '' : ` for ${lengthText(now - latest.startedAt)}`}.`
      : ''
  return `Started again${start}${by}${other}.${state}`
}

function evidenceOf({ evidence, container }: RunRow): string[] {
  if (evidence.length === 0) return []
  const first = evidence.reduce((a, b) => (a.time < b.time ? a : b)).time
  return [
    `Evidence: ${evidence.map(({ what, id }) => `${what} ${id}`).join(', ')}`,
    `Events: auditor events id:${container.id.slice(0, 12)} --since ${formatNanos(first - 1_000_000_000n)}`,
  ]
}
