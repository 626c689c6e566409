import type { ConfiguredSink } from '../config/load.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import type { CommandContext } from './command.ts'
import { loadFor, type SettingsOptions } from './settings.ts'
import { looksLikeUri, wrongUsage } from './usage.ts'

/**
 * A sink by its name in the configuration or by its URI.
 *
 * @throws AuditorError `usage` for one that is not configured
 */
export function findSink(
  context: CommandContext,
  sink: string,
  options: SettingsOptions,
): ConfiguredSink {
  const isUri = looksLikeUri(sink)
  const { settings } = loadFor(context, options, isUri ? [sink] : [])
  const { sinks } = settings
  const found = isUri ? sinks.at(-1) : sinks.find(({ name }) => name === sink)
  if (found !== undefined) return found
  const names = sinks.map(({ name }) => name)
  const which = names.length === 0 ? 'none is' : `configured are ${names.join(', ')}`
  throw wrongUsage(
    `no sink "${sink}" is configured here${didYouMean(sink, names)} (${which}): ` +
      'give the configuration with --config, or the URI of the sink',
  )
}
