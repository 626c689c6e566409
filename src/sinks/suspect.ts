import type { Delivery } from '../model/delivery.ts'
import type { Sequenced } from '../model/entry.ts'

/** An entry that has failed alone so often in a row is suspected, and tried beside another one. */
export const FAILURES_OF_A_SUSPECT = 5

/** An answer that may be the entry's own fault. */
export function isBlamable(delivery: Delivery): delivery is Extract<Delivery, { status: 'retry' }> {
  return delivery.status === 'retry' && delivery.blame !== 'sink'
}

/**
 * Tries an entry that fails again and again, at once another one, and where that is taken the first
 * one again: when it fails there too the sink is well and the entry is to blame, so it counts as
 * refused.
 *
 * @param failures of this entry alone, in a row, before
 * @param takesAnother whether the sink takes another entry; false where there is none
 */
export async function tryBeside(
  suspect: Sequenced,
  failures: number,
  attempt: (entries: readonly Sequenced[]) => Promise<Delivery>,
  takesAnother: () => Promise<boolean>,
): Promise<Delivery> {
  const before = await attempt([suspect])
  if (!isBlamable(before) || !(await takesAnother())) return before
  const after = await attempt([suspect])
  if (!isBlamable(after)) return after
  const times = `failed ${failures + 2} times alone, while others were taken`
  return { status: 'refused', cause: new Error(`${after.cause.message} (${times})`) }
}
