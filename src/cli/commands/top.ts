import { Option } from 'commander'
import { openLivesView } from '../../lives/view.ts'
import { asError } from '../../model/errors.ts'
import { lengthText, type Nanoseconds } from '../../model/time.ts'
import { overviewOf, type Standing } from '../../query/overview.ts'
import { agentSinks } from '../agent-sinks.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { runPredicate } from '../filter-argument.ts'
import { journalDir } from '../journal-access.ts'
import { listOptions, type ListOptions } from '../journal-options.ts'
import { openLives } from '../lives-access.ts'
import { print, type Printable } from '../output.ts'
import { frame, inOrder, offsetIn, SORTS, type Sort, type TopState } from '../top/frame.ts'
import { takeScreen } from '../top/screen.ts'
import { exactText } from '../../model/exact-json.ts'

interface Options extends ListOptions {
  readonly listen?: string
  readonly sort: Sort
  readonly once?: boolean
  readonly all?: boolean
}

/** Between two looks at the lives, and at the agent. */
const LOOK_EVERY_MS = 1_000
const AGENT_EVERY_MS = 10_000

export const registerTop: RegisterCommand = (program, context) => {
  listOptions(program.command('top'))
    .summary('see how all containers do, live')
    .description(
      'Shows how all lineages do, on the whole screen, until q is pressed: what runs and since when, restarts within the last hour, why each ended last, loops, health. Reads beside the agent; without a terminal, with --once and with any output but table it prints that once.',
    )
    .argument(
      '[filter...]',
      'filter of the newest run, e.g. shop/api running:true (docs/filter.md)',
    )
    .addOption(new Option('--sort <by>', 'in which order').choices(SORTS).default('trouble'))
    .option('--all', 'those too that were removed more than an hour ago')
    .option('--once', 'print it once, and end')
    .option('--listen <address>', 'where the agent listens')
    .addHelpText(
      'after',
      `
Keys: q or Ctrl-C ends; arrows, j and k scroll;
      t, n, s, r, c sort by trouble, name, since, restarts, cause

Examples:
  $ auditor top
  $ auditor top project:shop --sort restarts
  $ auditor top --once -o json | jq '.[] | select(.isLooping)'`,
    )
    .action((filter: string[], options: Options) => run(context, filter.join(' '), options))
}

async function run(context: CommandContext, filter: string, options: Options): Promise<void> {
  const { terminal, clock, signal } = context
  const accepts = runPredicate(filter, clock)
  const isOnce =
    options.once === true || options.output !== 'table' || terminal.stdout.isTTY !== true
  if (isOnce) {
    using lives = await openLives(context, options)
    const now = clock.nowNanos()
    const standings = overviewOf(lives, now, accepts(), options.all)
    const sorted = inOrder(standings, options.sort)
    await print(terminal, options.output, sorted, printable(now), signal)
    return
  }
  const dir = await journalDir(context, options)
  openLivesView(dir)[Symbol.dispose]() // or the reason why there are none
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])
  let state: TopState = {
    standings: [],
    now: clock.nowNanos(),
    sort: options.sort,
    offset: 0,
    notice: '',
    filter,
  }
  let [agent, trouble] = ['', '']
  const change = (changes: Partial<TopState>): void => {
    const notice = [trouble, agent].filter((text) => text !== '').join(' · ')
    state = { ...state, ...changes, notice }
    state = { ...state, offset: offsetIn(state, screen.size()) }
    screen.draw(frame(state, screen.size()))
  }
  using screen = takeScreen(terminal, {
    key(key) {
      if (key === 'q' || key === '\u0003') ending.abort()
      const sort = SORTS.find((each) => each.startsWith(key))
      if (sort !== undefined) change({ sort })
      const step = steps.get(key)
      if (step !== undefined) change({ offset: state.offset + step })
    },
    resize: () => change({}),
  })
  const asking = ask(context, options, ended, (said) => (agent = said))
  while (!ended.aborted) {
    const now = clock.nowNanos()
    try {
      // Opened each time: it may have been made anew, and other readers hold it no longer than this.
      using lives = openLivesView(dir)
      trouble = ''
      change({ standings: overviewOf(lives, now, accepts(), options.all), now })
    } catch (thrown) {
      trouble = `not up to date: ${asError(thrown).message}`
      change({})
    }
    await clock.sleep(LOOK_EVERY_MS, ended).catch(() => undefined) // ended
  }
  await asking
}

const steps: ReadonlyMap<string, number> = new Map([
  ['j', 1], ['\u001b[B', 1], ['\u001bOB', 1], ['k', -1], ['\u001b[A', -1], ['\u001bOA', -1], [' ', 10], ['\u001b[6~', 10], ['\u001b[5~', -10],
]) // prettier-ignore

/** Whether an agent keeps what is shown up to date. */
async function ask(
  context: CommandContext,
  options: Options,
  signal: AbortSignal,
  tell: (said: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    const said = await agentSinks({ ...context, signal }, options).catch(
      (thrown: unknown) => asError(thrown).message,
    )
    tell(
      typeof said === 'string' ? `${said}: shown is what the journal holds` : 'the agent records',
    )
    await context.clock.sleep(AGENT_EVERY_MS, signal).catch(() => undefined) // ended
  }
}

const printable = (now: Nanoseconds): Printable<Standing> => ({
  empty: 'no lineages: nothing has run yet',
  json: exactText,
  columns: [
    { heading: 'LINEAGE', name: 'name', value: ({ name }) => name },
    { heading: 'STATE', name: 'state', value: ({ state }) => state },
    {
      heading: 'FOR',
      name: 'since',
      value: ({ since }) => since?.toString(),
      cell: ({ since }) => (since === undefined ? '?' : lengthText(now > since ? now - since : 0n)),
    },
    { heading: 'RUNS', name: 'runs', value: ({ runs }) => runs },
    { heading: 'LAST H', name: 'restarts', value: ({ restarts }) => restarts },
    { heading: 'LAST END', name: 'lastCause', value: ({ lastCause }) => lastCause },
    { heading: 'EXIT', name: 'exitCode', value: ({ exitCode }) => exitCode },
    { heading: 'HEALTH', name: 'health', value: ({ health }) => health },
    {
      heading: 'LOOP',
      name: 'isLooping',
      value: ({ isLooping }) => isLooping,
      cell: ({ isLooping }) => (isLooping ? 'loop' : ''),
    },
    { heading: 'IMAGE', name: 'image', value: ({ image }) => image },
  ],
})
