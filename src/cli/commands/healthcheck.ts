import { AuditorError, asError } from '../../model/errors.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { loadFor, type SettingsOptions } from '../settings.ts'

const DEADLINE_MS = 4_000

export const registerHealthcheck: RegisterCommand = (program, context) => {
  program
    .command('healthcheck')
    .summary('ask the running agent whether it records')
    .description(
      'Asks the running agent whether it records: exit 0 while the event stream is open and the journal\n' +
        'can be written, 1 otherwise. A sink that is away is not unhealthy. Made for HEALTHCHECK.',
    )
    .option('--listen <address>', 'where the agent listens')
    .option('-c, --config <file>', 'configuration file')
    .action((options: SettingsOptions) => run(context, options))
}

async function run(context: CommandContext, options: SettingsOptions): Promise<void> {
  const { settings } = loadFor(context, options)
  const { listen } = settings
  if (listen === 'off') {
    throw new AuditorError('usage', "the agent listens nowhere (listen: off), so it can't be asked")
  }
  const host = ['0.0.0.0', '::'].includes(listen.host) ? '127.0.0.1' : listen.host
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${listen.port}/readyz`
  let answer: Response
  try {
    answer = await fetch(url, {
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(DEADLINE_MS)]),
    })
  } catch (thrown) {
    const cause = asError(asError(thrown).cause ?? thrown).message
    throw new AuditorError('failed', `no answer from ${url}: ${cause}`, { cause: thrown })
  }
  const { state, reasons } = (await answer.json()) as { state: string; reasons: readonly string[] }
  context.terminal.stdout.write(`${[state, ...reasons].join('\n')}\n`)
  context.exitWith(answer.ok ? exitCodes.done : exitCodes.failed)
}
