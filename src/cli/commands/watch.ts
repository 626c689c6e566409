import { Option } from 'commander'
import { recordingOf } from '../../agent/from-settings.ts'
import { watchLive } from '../../agent/live.ts'
import { encodeEntry } from '../../model/entry-codec.ts'
import type { Entry } from '../../model/entry.ts'
import type { Told } from '../../model/life/episode.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { entryLine, renderEpisode, renderLine } from '../entry-line.ts'
import { episodeLine } from '../episode-line.ts'
import { execLine } from '../exec-line.ts'
import { createEpisodePrinter } from '../episode-printer.ts'
import { predicateArgument } from '../filter-argument.ts'
import { forOneEngine, theEngine } from '../engine-access.ts'
import { createLogger } from '../logger.ts'
import { loadFor } from '../settings.ts'
import { write } from '../streams.ts'
import { moment } from '../option-types.ts'

interface Options {
  readonly config?: string
  readonly docker?: string
  readonly since?: string
  readonly all?: boolean
  readonly raw?: boolean
  readonly output: 'pretty' | 'ndjson'
}

export const registerWatch: RegisterCommand = (program, context) => {
  program
    .command('watch')
    .summary('see what happens as it happens, without a journal')
    .description(
      'Prints what happens as it happens, until it is ended: the events of one stop, restart, crash or exec as one line, soon after the last of them. Needs an engine, no journal and no agent.',
    )
    .argument('[filter...]', 'filter, e.g. action:die name:"web-*" (docs/filter.md)')
    .option('--since <time>', 'begin with what the engine still remembers since: 10m, RFC 3339')
    .option('--raw', 'one line an event, at once; ndjson always is')
    .option('--all', "show execs of containers' own health checks too")
    .option('--docker <url>', 'the engine')
    .option('-c, --config <file>', 'configuration file')
    .addOption(
      new Option('-o, --output <format>', 'how to print')
        .choices(['pretty', 'ndjson'])
        .default('pretty'),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ auditor watch
  $ auditor watch --since 10m 'action:die OR action:oom'
  $ auditor watch -o ndjson | jq -r .event.Action`,
    )
    .action((filter: string[], options: Options) => watch(context, filter.join(' '), options))
}

async function watch(context: CommandContext, filter: string, options: Options): Promise<void> {
  const { terminal, clock, signal } = context
  const { since } = options
  const accepts = predicateArgument(filter, context.clock.nowNanos())
  const from = since === undefined ? 'now' : moment('--since', since, clock.nowNanos())
  const { settings } = loadFor(context, forOneEngine(options))
  const engine = await theEngine(settings.docker.endpoint, context)
  const log = createLogger({ level: 'warn', format: settings.log.format }, terminal)
  /** Aborted when nobody reads any more: `auditor watch | head`. */
  const unread = new AbortController()
  const shown = { count: 0, lost: 0 }
  const isWanted = (entry: Entry): boolean =>
    entry.kind !== 'marker' && (accepts === undefined || accepts(entry))
  const show = createShow(context, options, async (text) => {
    shown.count += 1
    if (!(await write(terminal.stdout, text))) unread.abort()
  })
  const episodes = createEpisodePrinter(clock, async (told) => {
    if (told.kind === 'single') {
      if (isWanted(told.entry)) await show(told)
    } else if (told.events.some(isWanted)) await show(told)
  })
  const isSingly = options.raw === true || options.output === 'ndjson'
  const skipped = await watchLive(
    {
      ...recordingOf(settings),
      engine,
      since: from,
      healthChecks: options.all === true ? 'record' : settings.healthChecks,
      async show(entry) {
        if (entry.kind === 'gap' && isWanted(entry)) shown.lost += entry.count ?? 0
        if (!isSingly) await episodes.take(entry)
        else if (isWanted(entry)) await show({ kind: 'single', entry })
      },
      clock,
      log,
    },
    AbortSignal.any([signal, unread.signal]),
  )
  await episodes.end()
  const hidden = skipped['health-check']
  terminal.stderr.write(
    `${shown.count} shown · ${hidden} health-check events hidden${hidden > 0 ? ' (--all)' : ''} · ` +
      `${shown.lost} lost\n`,
  )
}

function createShow(
  { terminal }: CommandContext,
  { output, raw }: Options,
  print: (text: string) => Promise<void>,
): (told: Told) => Promise<void> {
  const { stdout, environment } = terminal
  const noColour = environment['NO_COLOR'] !== undefined && environment['NO_COLOR'] !== ''
  const colour = stdout.isTTY === true && !noColour
  return (told) => {
    if (told.kind === 'episode') return print(renderEpisode(episodeLine(told), colour))
    if (told.kind === 'exec') return print(renderEpisode(execLine(told), colour))
    const { entry, life } = told
    if (output === 'ndjson') return print(`${encodeEntry(entry)}\n`)
    const line = entryLine(entry)
    const isOfContainer = raw !== true && life !== undefined && !line.subject.includes(' ')
    return print(renderLine(isOfContainer ? { ...line, subject: life.lineage.name } : line, colour))
  }
}
