import { openEngine } from '../agent/local-engine.ts'
import type { InspectableEngine } from '../docker/port.ts'
import { reasonOf } from '../docker/reason.ts'
import { AuditorError, asError } from '../model/errors.ts'
import type { CommandContext } from './command.ts'
import type { SettingsOptions } from './settings.ts'
import { wrongUsage } from './usage.ts'

const DEADLINE_MS = 10_000

/** Options of the commands that look at one engine, for `loadFor`. */
export function forOneEngine({
  docker,
  config,
}: {
  readonly docker?: string
  readonly config?: string
}): SettingsOptions {
  return {
    ...(config === undefined ? {} : { config }),
    ...(docker === undefined ? {} : { docker: [docker] }),
  }
}

/**
 * The one engine that is configured, which answers.
 *
 * @throws AuditorError `usage` where several are configured, `engine-unreachable` at once
 */
export async function theEngine(
  urls: readonly string[],
  { terminal, signal }: CommandContext,
): Promise<InspectableEngine> {
  if (urls.length > 1) {
    throw wrongUsage(`several engines are configured: say which with --docker (${urls.join(', ')})`)
  }
  const engine = openEngine(urls[0], terminal.environment)
  try {
    await engine.info(AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]))
    return engine
  } catch (thrown) {
    signal.throwIfAborted()
    const { text } = reasonOf(asError(thrown))
    throw new AuditorError('engine-unreachable', `no Docker at ${engine.endpoint}: ${text}`, {
      cause: thrown,
    })
  }
}
