import type { CommandContext } from './command.ts'
import type { JournalOptions } from './journal-access.ts'
import { loadFor } from './settings.ts'

/** What a running agent says of one of its sinks. */
export interface AgentSink {
  readonly state: string
  readonly lastError?: string
}

const DEADLINE_MS = 2_000

/** The running agent's word on its sinks, by name; `undefined` where none answers. */
export async function agentSinks(
  context: CommandContext,
  options: JournalOptions,
): Promise<ReadonlyMap<string, AgentSink> | undefined> {
  const { settings } = loadFor(context, options)
  if (settings.listen === 'off') return undefined
  const { host, port } = settings.listen
  try {
    const answer = await fetch(`http://${host.includes(':') ? `[${host}]` : host}:${port}/readyz`, {
      signal: AbortSignal.any([context.signal, AbortSignal.timeout(DEADLINE_MS)]),
    })
    const { sinks } = (await answer.json()) as { sinks: readonly (AgentSink & { name: string })[] }
    return new Map(sinks.map((sink) => [sink.name, sink]))
  } catch {
    return undefined // nobody there: the journal alone is asked
  }
}
