import { asError } from '../model/errors.ts'
import type { WrittenGroup } from './append.ts'
import type { Core } from './caller.ts'
import { plainError, type Call, type Reply } from './protocol.ts'

/** Entries a transaction: what one fsync may cost the next caller in time, and us in memory. */
const MAX_ENTRIES = 10_000
/** Of their texts: a transaction may overshoot the write-ahead log by what it writes, see `disk-share.ts`. */
export const MAX_TRANSACTION_BYTES = 2 * 1024 * 1024

/**
 * Answers calls in their order. Group commit: appends that stand one behind the other go into one
 * transaction, up to a bound.
 */
export function createGroupCommit(
  core: Partial<Core>,
  reply: (message: Reply) => void,
): (calls: readonly Call[]) => void {
  const methods = core as { readonly [method: string]: (...args: readonly unknown[]) => unknown }

  function answer({ number, method, args }: Call): void {
    try {
      reply({ number, result: methods[method]!(...args) })
    } catch (thrown) {
      reply({ number, error: plainError(asError(thrown)) })
    }
  }

  function appendTogether(calls: readonly Call[]): void {
    let results: ReturnType<Core['append']>
    try {
      const [, now, run] = appendOf(calls.at(-1)!)
      results = core.append!(calls.flatMap(groupsOf), now, run)
    } catch {
      // Nothing of it was written: each alone, so that one that can't be written fails alone.
      calls.forEach(answer)
      return
    }
    let from = 0
    for (const call of calls) {
      const to = from + groupsOf(call).length
      reply({ number: call.number, result: results.slice(from, to) })
      from = to
    }
  }

  return (calls) => {
    for (let at = 0; at < calls.length;) {
      const appends = appendsFrom(calls, at)
      if (appends.length > 1) appendTogether(appends)
      else answer(calls[at]!)
      at += Math.max(1, appends.length)
    }
  }
}

/** The appends of one run that begin here, as far as one transaction may hold them. */
function appendsFrom(calls: readonly Call[], at: number): readonly Call[] {
  let entries = 0
  let bytes = 0
  let end = at
  while (calls[end]?.method === 'append' && runOf(calls[end]!) === runOf(calls[at]!)) {
    for (const { entries: group } of groupsOf(calls[end]!)) {
      entries += group.count
      bytes += group.slots.length
    }
    if ((entries > MAX_ENTRIES || bytes > MAX_TRANSACTION_BYTES) && end > at) break
    end += 1
  }
  return calls.slice(at, end)
}

const appendOf = ({ args }: Call): Parameters<Core['append']> => args as Parameters<Core['append']>
const groupsOf = (call: Call): readonly WrittenGroup[] => appendOf(call)[0]
const runOf = (call: Call): number | undefined => appendOf(call)[2]
