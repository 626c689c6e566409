import pRetry from 'p-retry'
import type { Delivery, Refusal } from '../model/delivery.ts'
import type { Seq, Sequenced } from '../model/entry.ts'
import { headOf } from './head-of.ts'

/** One try: opens the sink where needed and delivers; throws what went wrong. */
export type Attempt = (entries: readonly Sequenced[]) => Promise<Delivery>

/** What to do before the next try: told the cause, waits, rejects when there is none. */
export type Pause = (why: {
  readonly cause: Error
  readonly afterMs: number | undefined
  /** The sink took some of the entries. */
  readonly progress: boolean
}) => Promise<void>

/** The sink's wish to be asked again, on its way through p-retry. */
class AskedAgain extends Error {
  readonly why: Parameters<Pause>[0]

  constructor(why: Parameters<Pause>[0]) {
    super(why.cause.message, { cause: why.cause })
    this.name = 'AskedAgain'
    this.why = why
  }
}

/** What is left when the sink would not take these entries together. */
interface Unaccepted {
  readonly rest: readonly Sequenced[]
  readonly cause: Error
}

/**
 * Delivers until every entry is settled, and returns those the sink refused. Entries the sink wants
 * again are delivered again without the others; entries refused together are halved until the one
 * that is to blame stands alone.
 *
 * Rejects when the signal is aborted, and with a TypeError that is no failure of the network: that is
 * a bug in the sink, and p-retry does not retry bugs.
 */
export async function persist(
  entries: readonly Sequenced[],
  attempt: Attempt,
  pause: Pause,
  signal: AbortSignal,
): Promise<Refusal[]> {
  const refused: Refusal[] = []
  const pieces: (readonly Sequenced[])[] = entries.length === 0 ? [] : [entries]
  for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) {
    const unaccepted = await persistPiece(piece, attempt, pause, signal, refused)
    if (unaccepted === undefined) continue
    const { rest, cause } = unaccepted
    if (rest.length === 1) refused.push({ seq: rest[0]!.seq, reason: reasonOf(cause.message) })
    else pieces.push(rest.slice(rest.length / 2), rest.slice(0, rest.length / 2))
  }
  return refused
}

/** A reason is kept with its dead letter: one line, and not a sink's whole answer. */
const reasonOf = (text: string): string => headOf(text, 1000)

function persistPiece(
  piece: readonly Sequenced[],
  attempt: Attempt,
  pause: Pause,
  signal: AbortSignal,
  refused: Refusal[],
): Promise<Unaccepted | undefined> {
  let rest = piece
  return pRetry(
    async () => {
      const delivery = await attempt(rest)
      switch (delivery.status) {
        case 'delivered':
          return undefined
        case 'refused':
          return { rest, cause: delivery.cause }
        case 'retry':
          throw new AskedAgain({
            cause: delivery.cause,
            afterMs: delivery.afterMs,
            progress: false,
          })
        case 'partial': {
          const before = rest
          rest = leftOver(before, delivery, refused)
          if (rest.length === 0) return undefined
          throw new AskedAgain({
            cause: new Error(`${rest.length} of ${before.length} entries are to be sent again`),
            afterMs: delivery.afterMs,
            progress: rest.length < before.length,
          })
        }
      }
    },
    {
      retries: Infinity,
      minTimeout: 0,
      signal,
      // All waiting is done here: p-retry asks only when the error is worth another try.
      async shouldRetry({ error }) {
        const why = error instanceof AskedAgain ? error.why : undefined
        await pause(why ?? { cause: error, afterMs: undefined, progress: false })
        return true
      },
    },
  )
}

/** What is to be sent again; what the sink refused is added to `refused`. Unknown places are ignored. */
function leftOver(
  entries: readonly Sequenced[],
  delivery: Extract<Delivery, { status: 'partial' }>,
  refused: Refusal[],
): readonly Sequenced[] {
  const reasons = new Map<Seq, string>()
  for (const { seq, reason } of delivery.refused) reasons.set(seq, reason)
  const again = new Set(delivery.retry)
  for (const { seq } of entries) {
    const reason = reasons.get(seq)
    if (reason !== undefined) refused.push({ seq, reason: reasonOf(reason) })
  }
  return entries.filter(({ seq }) => again.has(seq) && !reasons.has(seq))
}
