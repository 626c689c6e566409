import type { Record } from '../../../src/model/entry.ts'

/** An event of a container that is in no observed record. */
export interface Missed {
  readonly id: string
  readonly action: string
  readonly time: bigint
  /** Of `die`, where it is compared. */
  readonly exitCode?: string
}

/**
 * Each conclusion stands for a missed event of its own, within its bounds and with no other exit
 * code; the first in words that does not.
 */
export function unproven(
  inferred: readonly Record[],
  missed: readonly Missed[],
): string | undefined {
  const left = new Set(missed)
  const narrowFirst = inferred.toSorted((a, b) =>
    a.inferred!.latest < b.inferred!.latest ? -1 : 1,
  )
  for (const { event, inferred: bounds, time } of narrowFirst) {
    const { earliest, latest } = bounds!
    const code = event.action === 'die' ? event.attributes['exitCode'] : undefined
    const fitting = [...left].find(
      ({ id, action, time: when, exitCode = code }) =>
        id === event.actorId &&
        action === event.action &&
        earliest <= when &&
        when <= latest &&
        (code === undefined || exitCode === code),
    )
    if (fitting === undefined) {
      const what = `${event.action} of ${event.actorId} at ${time}`
      return `concluded, and it did not happen between ${earliest} and ${latest}: ${what}`
    }
    left.delete(fitting)
  }
  return undefined
}
