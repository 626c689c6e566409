import { journalIdentity } from '../agent/agent-identity.ts'
import { askAgent, readinessOf, type Readiness } from './ask-agent.ts'
import type { CommandContext } from './command.ts'
import { journalDir } from './journal-access.ts'
import { loadFor, type SettingsOptions } from './settings.ts'

/** What a running agent says of one of its sinks. */
export type AgentSink = Omit<Readiness['sinks'][number], 'name'>

const DEADLINE_MS = 2_000

/**
 * The word on its sinks, by name, of the agent that writes this journal; or why there is none. An
 * agent of another data directory is not confused with it.
 */
export async function agentSinks(
  context: CommandContext,
  options: SettingsOptions,
): Promise<ReadonlyMap<string, AgentSink> | string> {
  const { settings } = loadFor(context, options)
  const { listen } = settings
  if (listen === 'off') return 'the agent listens nowhere (listen: off)'
  const asked = `${listen.host}:${listen.port}`
  let said: Readiness | undefined
  try {
    said = readinessOf(await askAgent(listen, '/readyz', context.signal, DEADLINE_MS))
  } catch {
    return `no agent answers at ${asked}` // the journal alone is asked
  }
  if (said === undefined) return `what answers at ${asked} is no agent`
  if (said.agent.journal !== journalIdentity(await journalDir(context, options))) {
    return `the agent at ${asked} has another journal (${said.agent.data})`
  }
  return new Map(said.sinks.map(({ name, ...sink }) => [name, sink]))
}
