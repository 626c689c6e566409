import { openEngine } from '../../agent/local-engine.ts'
import { recordTrace } from '../../agent/record-trace.ts'
import { createRedactor } from '../../model/redaction.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { createLogger } from '../logger.ts'
import { loadFor } from '../settings.ts'
import { moment } from './events.ts'
import { several } from '../option-types.ts'

interface Options {
  readonly config?: string
  readonly docker?: readonly string[]
  readonly since?: string
}

export const registerRecord: RegisterCommand = (program, context) => {
  program
    .command('record')
    .summary('write what the engine says into a trace, for replay')
    .description(
      'Writes events and inspect answers into a folder, until it is ended: events.ndjson and\n' +
        'inspect.ndjson (and engine.json, which engine it was). Secrets are redacted, and no value of an\n' +
        'environment variable is written; still, read a trace before you give it away.',
    )
    .argument('<dir>', 'a new folder')
    .option('--since <time>', 'begin with what the engine still remembers since: 10m, RFC 3339')
    .option('--docker <url>', 'the engine', several)
    .option('-c, --config <file>', 'configuration file')
    .addHelpText(
      'after',
      `
Examples:
  $ auditor record ./trace
  $ auditor record ./trace --since 1h`,
    )
    .action((dir: string, options: Options) => record(context, dir, options))
}

async function record(context: CommandContext, dir: string, options: Options): Promise<void> {
  const { terminal, clock, signal } = context
  const { since } = options
  const { settings } = loadFor(context, options)
  const [url] = options.docker ?? settings.docker.endpoint
  const engine = openEngine(url, terminal.environment)
  const log = createLogger(settings.log, terminal)
  log.info({}, `recording ${engine.endpoint} into ${dir}; end with Ctrl-C`)
  const { events, answers, unasked, lost } = await recordTrace(
    {
      engine,
      dir,
      firstSince: since === undefined ? 'now' : moment('--since', since, clock.nowNanos()),
      redactor: createRedactor({
        patterns: settings.redact.map((pattern) => new RegExp(pattern, 'giu')),
      }),
      clock,
      log,
    },
    signal,
  )
  terminal.stderr.write(
    `${events} events and ${answers} inspect answers in ${dir}; ${unasked} not asked, ${lost} lost\n`,
  )
}
