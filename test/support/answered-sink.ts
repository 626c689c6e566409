import type { Delivery } from '../../src/model/delivery.ts'
import type { Seq } from '../../src/model/entry.ts'
import type { Sink } from '../../src/sinks/sink.ts'

/** A batch that is with the sink. */
export interface OpenCall {
  readonly seqs: readonly Seq[]
  /** An `Error` is thrown. */
  answer(delivery: Delivery | Error): void
}

/** A sink that answers when, and as, the test says. */
export interface AnsweredSink extends Sink {
  /** Batches that were neither answered nor called off, in the order in which they came. */
  readonly waiting: readonly OpenCall[]
  /** What it was ever asked to take, in the order in which it was asked. */
  readonly offered: readonly (readonly Seq[])[]
  /** Answers all that is open, and from now on at once. */
  heal(answer: (seqs: readonly Seq[]) => Delivery | Error): void
}

/** @param onCall told of each batch when it comes, and whether it was called off when it is over */
export function createAnsweredSink(
  name: string,
  on: { call(seqs: readonly Seq[]): void; calledOff(): void },
): AnsweredSink {
  const open = new Set<OpenCall>()
  const offered: (readonly Seq[])[] = []
  let healed: ((seqs: readonly Seq[]) => Delivery | Error) | undefined

  return {
    name,
    offered,
    get waiting() {
      return [...open]
    },
    heal(answer) {
      healed = answer
      for (const call of open) call.answer(answer(call.seqs))
    },
    deliver({ entries }, signal) {
      const seqs = entries.map(({ seq }) => seq)
      offered.push(seqs)
      on.call(seqs)
      const { promise, resolve, reject } = Promise.withResolvers<Delivery>()
      const call: OpenCall = {
        seqs,
        answer(delivery) {
          open.delete(call)
          if (delivery instanceof Error) reject(delivery)
          else resolve(delivery)
        },
      }
      open.add(call)
      if (healed !== undefined) call.answer(healed(seqs))
      signal.addEventListener('abort', () => {
        if (open.delete(call)) on.calledOff()
      })
      return promise
    },
  }
}
