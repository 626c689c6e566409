import type { Delivery, Refusal } from '../model/delivery.ts'
import type { Sequenced } from '../model/entry.ts'
import { headOf } from './head-of.ts'
import { createSuspicion } from './suspect.ts'

/** What to do before the next try: told the cause, waits; rejects when there is none. */
export type Pause = (why: {
  readonly cause: Error
  readonly afterMs: number | undefined
  /** The sink took some of the entries. */
  readonly progress: boolean
}) => Promise<void>

export interface PersistParts {
  /** The sink failed last: it is asked with a few entries first. */
  readonly careful: boolean
  /** One try. What goes wrong is a `retry`; rejects when called off, and on a bug. */
  readonly attempt: (entries: readonly Sequenced[]) => Promise<Delivery>
  readonly pause: Pause
  /** The sink is still at what it was given last: the next try must be the same again. */
  readonly isUndecided: () => boolean
  /** Some entries for this sink beyond these, where there are any. */
  readonly beyond: () => Promise<readonly Sequenced[]>
}

/** How many entries a sink that failed is asked to take first. */
const PROBE_ENTRIES = 10

/**
 * Delivers until every entry is settled, and returns those the sink refused.
 *
 * - A sink that failed is asked with a few entries, with fewer each time it fails again, and with
 *   twice as many each time it takes them: one that is away is not sent whole batches in vain, and
 *   what it can't digest at once gets through in parts.
 * - Entries the sink wants again are delivered again without the others.
 * - Entries refused together are halved until the one that is to blame stands alone.
 * - An entry that fails alone, again and again, while the sink takes others is refused too: it would
 *   hold up everything behind it for ever.
 *
 * First tries are in the order of the journal. Rejects when called off, and on a bug.
 */
export async function persist(
  entries: readonly Sequenced[],
  { careful, attempt, pause, isUndecided, beyond }: PersistParts,
): Promise<Refusal[]> {
  const refused: Refusal[] = []
  /** Runs of entries that are not settled, none of them empty; what is next begins the last one. */
  const runs: (readonly Sequenced[])[] = []
  let most = careful ? PROBE_ENTRIES : Infinity
  const suspicion = createSuspicion(attempt, takesAnother)

  function put(...some: readonly (readonly Sequenced[])[]): void {
    runs.push(...some.filter(({ length }) => length > 0))
  }

  /**
   * Whether the sink takes another entry, another one each time, for the next may be a bad one too.
   * One of these is settled by that, one from beyond is delivered again.
   */
  async function takesAnother(time: number): Promise<boolean> {
    const these = runs.toReversed().flat().slice(1) // it is the first itself
    const others = time < these.length ? these : [...these, ...(await beyond())]
    const other = others[time % others.length]
    if (other === undefined) return false
    const own = these.includes(other) ? other : undefined
    const left = leftOf([other], await attempt([other]), own === undefined ? [] : refused)
    if (left.length > 0) return false
    put(...runs.splice(0).map((run) => run.filter((entry) => entry !== own)))
    return true
  }

  function failed(tried: readonly Sequenced[], delivery: Delivery): void {
    suspicion.failed(tried, delivery)
    if (isUndecided()) return
    if (tried.length > PROBE_ENTRIES) most = PROBE_ENTRIES
    else most = most > tried.length ? tried.length : Math.max(1, Math.floor(most / 2))
  }

  put(entries)
  for (let run = runs.at(-1); run !== undefined; run = runs.at(-1)) {
    const next = run.slice(0, most)
    const delivery = await suspicion.attempt(next)
    const left = leftOf(next, delivery, refused)
    if (left.length < next.length || delivery.status === 'refused') {
      put(runs.pop()!.slice(next.length)) // of the run as it is now
    }
    if (left.length === 0) most = Math.max(most, 2 * next.length)
    else if (delivery.status === 'refused') {
      const half = Math.floor(left.length / 2)
      put(left.slice(half), left.slice(0, half))
    } else {
      const progress = left.length < next.length
      if (progress) put(left)
      else failed(next, delivery)
      const again = `${left.length} of ${next.length} entries are to be sent again`
      const { cause = new Error(again), afterMs } = whyOf(delivery)
      await pause({ cause, afterMs, progress })
    }
  }
  return refused
}

type Why = { readonly cause?: Error | undefined; readonly afterMs?: number | undefined }

function whyOf(delivery: Delivery): Why {
  return delivery.status === 'retry' || delivery.status === 'partial' ? delivery : {}
}

/** What this answer does not settle; what it refuses is added to `refused`. */
function leftOf(
  entries: readonly Sequenced[],
  delivery: Delivery,
  refused: Refusal[],
): readonly Sequenced[] {
  switch (delivery.status) {
    case 'delivered':
      return []
    case 'retry':
      return entries
    case 'refused':
      if (entries.length > 1) return entries
      refused.push({ seq: entries[0]!.seq, reason: reasonOf(delivery.cause.message) })
      return []
    case 'partial': {
      // Places that are not among the entries are ignored.
      const reasons = new Map(delivery.refused.map(({ seq, reason }) => [seq, reason]))
      const again = new Set(delivery.retry)
      for (const { seq } of entries) {
        const reason = reasons.get(seq)
        if (reason !== undefined) refused.push({ seq, reason: reasonOf(reason) })
      }
      return entries.filter(({ seq }) => again.has(seq) && !reasons.has(seq))
    }
  }
}

/** A reason is kept with its dead letter: one line, and not a sink's whole answer. */
const reasonOf = (text: string): string => headOf(text, 1000)
