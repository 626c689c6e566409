import { recordTrace } from '../../agent/record-trace.ts'
import { createRedactor } from '../../model/redaction.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { forOneEngine, theEngine } from '../engine-access.ts'
import { createLogger } from '../logger.ts'
import { loadFor } from '../settings.ts'
import { moment } from '../option-types.ts'

interface Options {
  readonly config?: string
  readonly docker?: string
  readonly since?: string
}

export const registerRecord: RegisterCommand = (program, context) => {
  program
    .command('record')
    .summary('write what the engine says into a trace, for replay')
    .description(
      'Writes events and inspect answers into a folder, until it is ended: events.ndjson and ' +
        'inspect.ndjson (and engine.json, which engine it was). Secrets are redacted, and no value of an ' +
        'environment variable is written; still, read a trace before you give it away.',
    )
    .argument('<dir>', 'a new folder')
    .option('--since <time>', 'begin with what the engine still remembers since: 10m, RFC 3339')
    .option('--docker <url>', 'the engine')
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
  const firstSince = since === undefined ? 'now' : moment('--since', since, clock.nowNanos())
  const { settings } = loadFor(context, forOneEngine(options))
  const engine = await theEngine(settings.docker.endpoint, context)
  const log = createLogger(settings.log, terminal)
  log.info({}, `recording ${engine.endpoint} into ${dir}; end with Ctrl-C`)
  const { events, answers, unasked, lost } = await recordTrace(
    {
      engine,
      dir,
      firstSince,
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
