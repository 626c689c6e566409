import { tap, type MonoTypeOperatorFunction } from 'rxjs'
import type { Flowing, SkipReason } from './flow.ts'

export interface SkipCounter {
  /** Counts what passes by; changes nothing. */
  readonly count: MonoTypeOperatorFunction<Flowing>
  status(): Readonly<Record<SkipReason, number>>
}

/** How many events were passed over, by reason. */
export function createSkipCounter(): SkipCounter {
  const counts = { filter: 0, label: 0, 'health-check': 0 }
  return {
    count: tap((value) => {
      if (value.kind === 'skipped') counts[value.reason]++
    }),
    status: () => ({ ...counts }),
  }
}
