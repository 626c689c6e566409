import { partsOf } from '../agent/from-settings.ts'
import type { Settings } from '../config/load.ts'
import { AuditorError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import type { CommandContext } from './command.ts'
import { examineSink } from './doctor-checks.ts'

/**
 * With a profile's `retryAttempts` every sink must be reached before the agent begins: the setting says
 * how many more times it is tried. Without, sinks are waited for while it runs.
 *
 * @throws AuditorError `sink-unreachable`
 */
export async function reachSinks(
  context: CommandContext,
  settings: Settings,
  log: Log,
): Promise<void> {
  const { name: chosen, retryAttempts, retryInterval } = settings.profile
  if (chosen === undefined || retryAttempts < 0) return
  for (const [at, configured] of settings.sinks.entries()) {
    for (let left = retryAttempts; ; left--) {
      // Each try has a sink of its own, which is closed behind it.
      const { sink } = partsOf(settings, context.terminal.environment).sinks![at]!
      const { state, text } = await examineSink(context, sink, configured)
      context.signal.throwIfAborted()
      if (state !== 'wrong') break
      const what = `sink ${sink.name} can't be reached: ${text}`
      if (left === 0) throw new AuditorError('sink-unreachable', what)
      log.warn({ sink: sink.name }, `${what}; tried ${left} more times`)
      await context.clock.sleep(retryInterval, context.signal)
    }
  }
}
