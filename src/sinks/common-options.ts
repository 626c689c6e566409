import { z } from 'zod'
import { durationMs, expected, integer } from '../config/option-types.ts'
import { formatNames, type FormatName } from './formats/formats.ts'
import type { SinkSettings } from './sink.ts'

/** Where a kind's defaults differ from the usual ones. */
export interface CommonDefaults {
  /** Default 500. */
  readonly batch?: number
  /** A duration; default `1s`. */
  readonly every?: string
  /** A duration; default `30s`. */
  readonly timeout?: string
}

/** The options every sink has; spread them into the kind's own `z.strictObject`. */
export function commonOptions(defaults: CommonDefaults = {}) {
  const { batch = 500, every = '1s', timeout = '30s' } = defaults
  return {
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
        error: 'expected up to 64 letters, digits, dots, dashes and underscores',
      })
      .optional()
      .describe('How the sink is called in logs, metrics and commands; its cursor hangs on it'),
    filter: z
      .string()
      .optional()
      .describe('Only entries that match this filter are delivered; default all'),
    batch: integer({ min: 1, max: 10_000 })
      .prefault(batch)
      .describe('Most entries delivered at once'),
    every: durationMs({ max: '10m' })
      .prefault(every)
      .describe('How long an incomplete batch may wait for more entries'),
    timeout: durationMs({ min: '10ms', max: '1h' })
      .prefault(timeout)
      .describe('Deadline of one delivery; then it is called off and tried again'),
    maxLag: durationMs({ min: '1m' })
      .optional()
      .describe(
        'How long entries past retention.age wait for this sink; default until retention.size',
      ),
  }
}

/** The option of sinks that write text. */
export function formatOption(format: FormatName = 'ecs') {
  return z
    .enum(formatNames, expected(`a format: ${formatNames.join(', ')}`))
    .default(format)
    .describe(
      'How an entry is written: ecs (Elastic Common Schema), otel (OpenTelemetry), raw (what the engine sent) or classic (services only, as the old programs of a profile)',
    )
}

/** What the shipper needs of a sink's options. */
export function settingsOf(
  options: {
    readonly filter?: string | undefined
    readonly batch: number
    readonly every: number
    readonly timeout: number
    readonly maxLag?: number | undefined
  },
  name: string,
): SinkSettings {
  const { filter, batch, every, timeout, maxLag } = options
  return {
    name,
    ...(filter === undefined ? {} : { filter }),
    batch,
    every,
    timeout,
    ...(maxLag === undefined ? {} : { maxLag }),
  }
}
