import type { Delivery } from '../model/delivery.ts'
import type { Seq, Sequenced } from '../model/entry.ts'

/** An entry that has failed alone so often in a row is suspected, and tried beside another one. */
const FAILURES_OF_A_SUSPECT = 5

/**
 * So often it has to fail right after another one was taken, with a pause between: a sink that comes
 * and goes does that to a sound entry once.
 */
const PROOFS = 3

export interface Suspicion {
  /** One try; of a suspect a `refused` where it is to blame. */
  attempt(entries: readonly Sequenced[]): Promise<Delivery>
  /** How a try went that settled nothing. */
  failed(entries: readonly Sequenced[], delivery: Delivery): void
}

/** What speaks against the entry that fails alone. */
interface Case {
  readonly seq: Seq
  /** How often it has failed, in a row. */
  readonly failures: number
  /** How often others were asked for. */
  readonly asked: number
  readonly proofs: number
}

/**
 * Finds the entry that makes a sink fail: where it fails, at once another one is taken, and it fails
 * again, and that several times, the sink is well and the entry is to blame.
 *
 * @param attempt one try
 * @param takesAnother whether the sink takes another entry, another one each time; false where there
 *   is none
 */
export function createSuspicion(
  attempt: (entries: readonly Sequenced[]) => Promise<Delivery>,
  takesAnother: (time: number) => Promise<boolean>,
): Suspicion {
  let alone: Case | undefined

  function caseOf(entries: readonly Sequenced[]): Case | undefined {
    return entries.length === 1 && alone?.seq === entries[0]!.seq ? alone : undefined
  }

  async function attemptBeside(suspect: readonly Sequenced[], known: Case): Promise<Delivery> {
    const before = await attempt(suspect)
    if (!isBlamable(before)) return before
    alone = { ...known, asked: known.asked + 1 }
    if (!(await takesAnother(known.asked))) return before
    const after = await attempt(suspect)
    if (!isBlamable(after)) return after
    const failures = known.failures + 1
    alone = { ...alone, failures, proofs: known.proofs + 1 }
    if (alone.proofs < PROOFS) return after
    const times = `failed ${failures + 1} times alone, while others were taken`
    return { status: 'refused', cause: new Error(`${after.cause.message} (${times})`) }
  }

  return {
    attempt(entries) {
      const known = caseOf(entries)
      return known === undefined || known.failures < FAILURES_OF_A_SUSPECT
        ? attempt(entries)
        : attemptBeside(entries, known)
    },
    failed(entries, delivery) {
      const { failures = 0, asked = 0, proofs = 0 } = caseOf(entries) ?? {}
      alone =
        entries.length === 1 && isBlamable(delivery)
          ? { seq: entries[0]!.seq, failures: failures + 1, asked, proofs }
          : undefined
    },
  }
}

/** An answer that may be the entry's own fault. */
function isBlamable(delivery: Delivery): delivery is Extract<Delivery, { status: 'retry' }> {
  return delivery.status === 'retry' && delivery.blame !== 'sink'
}
