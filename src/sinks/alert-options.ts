import { z } from 'zod'
import { durationMs } from '../config/option-types.ts'
import type { Delivery } from '../model/delivery.ts'
import type { Sequenced } from '../model/entry.ts'
import { millisFromNanos } from '../model/time.ts'
import { commonOptions } from './common-options.ts'

/** The options of sinks that tell people: they get alerts, unless their filter says otherwise. */
export function alertSinkOptions(batch: number) {
  return {
    ...commonOptions({ batch, timeout: '10s' }),
    filter: z
      .string()
      .default('kind:alert')
      .describe('Only entries that match this filter are told'),
  }
}

/** The option of those that may be away. */
export const giveUpOption = () =>
  durationMs({ min: '1m', max: '90d' })
    .prefault('1d')
    .describe('What is older is not told any more, and is put among the dead letters')

/** What came too late is told to nobody: days later it only alarms. `undefined` where all is in time. */
export function tooLate(
  entries: readonly Sequenced[],
  giveUpMs: number,
  now: number,
): Delivery | undefined {
  const isLate = ({ time }: Sequenced): boolean => now - millisFromNanos(time) > giveUpMs
  const late = entries.filter(isLate)
  if (late.length === 0) return undefined
  const reason = 'it could not be told in time (giveUp)'
  return {
    status: 'partial',
    retry: entries.flatMap((entry) => (isLate(entry) ? [] : [entry.seq])),
    refused: late.map(({ seq }) => ({ seq, reason })),
  }
}
