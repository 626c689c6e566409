import { AuditorError, asError } from '../../model/errors.ts'
import { askAgent, readinessOf, urlOf, type AgentAnswer } from '../ask-agent.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { loadFor, type SettingsOptions } from '../settings.ts'

const DEADLINE_MS = 4_000

export const registerHealthcheck: RegisterCommand = (program, context) => {
  program
    .command('healthcheck')
    .summary('ask the running agent whether it records')
    .description(
      'Asks the running agent whether it records: exit 0 while the event stream is open and the journal ' +
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
  let answer: AgentAnswer
  try {
    answer = await askAgent(listen, '/readyz', context.signal, DEADLINE_MS)
  } catch (thrown) {
    const why = `no agent answers at ${urlOf(listen)}: ${asError(thrown).message}`
    throw new AuditorError('failed', `${why}; is it running, and does --listen name its address?`)
  }
  const said = readinessOf(answer)
  if (said === undefined) {
    throw new AuditorError('failed', `what answers at ${urlOf(listen)} is no agent`)
  }
  const { state, reasons } = said
  context.terminal.stdout.write(`${[state, ...reasons].join('\n')}\n`)
  context.exitWith(answer.status === 200 ? exitCodes.done : exitCodes.failed)
}
