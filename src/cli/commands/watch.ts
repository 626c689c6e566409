import { Option } from 'commander'
import { recordingOf } from '../../agent/from-settings.ts'
import { watchLive } from '../../agent/live.ts'
import { encodeEntry } from '../../model/entry-codec.ts'
import type { Entry } from '../../model/entry.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { entryLine, renderLine } from '../entry-line.ts'
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
  readonly output: 'pretty' | 'ndjson'
}

export const registerWatch: RegisterCommand = (program, context) => {
  program
    .command('watch')
    .summary('see events as they happen, without a journal')
    .description(
      'Prints events as they happen, until it is ended. Needs an engine, no journal and no agent.',
    )
    .argument('[filter...]', 'filter, e.g. action:die name:"web-*" (docs/filter.md)')
    .option('--since <time>', 'begin with what the engine still remembers since: 10m, RFC 3339')
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
  const show = createPrinter(context, options.output)
  /** Aborted when nobody reads any more: `auditor watch | head`. */
  const unread = new AbortController()
  const shown = { count: 0, lost: 0 }
  const skipped = await watchLive(
    {
      ...recordingOf(settings),
      engine,
      since: from,
      healthChecks: options.all === true ? 'record' : settings.healthChecks,
      async show(entry) {
        if (entry.kind === 'marker' || (accepts !== undefined && !accepts(entry))) return
        if (entry.kind === 'gap') shown.lost += entry.count ?? 0
        shown.count += 1
        if (!(await show(entry))) unread.abort()
      },
      clock,
      log,
    },
    AbortSignal.any([signal, unread.signal]),
  )
  const hidden = skipped['health-check']
  terminal.stderr.write(
    `${shown.count} shown · ${hidden} health-check events hidden${hidden > 0 ? ' (--all)' : ''} · ` +
      `${shown.lost} lost\n`,
  )
}

function createPrinter({ terminal }: CommandContext, output: Options['output']) {
  const { stdout, environment } = terminal
  const noColour = environment['NO_COLOR'] !== undefined && environment['NO_COLOR'] !== ''
  const colour = stdout.isTTY === true && !noColour
  return (entry: Entry): Promise<boolean> =>
    write(
      stdout,
      output === 'ndjson' ? `${encodeEntry(entry)}\n` : renderLine(entryLine(entry), colour),
    )
}
