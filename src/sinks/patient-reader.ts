import type { Clock } from '../actors/clock.ts'
import type { JournalReader } from '../journal/journal.ts'
import { whileJournalFails } from '../journal/patience.ts'
import type { Log } from '../model/log.ts'
import { headOf } from './head-of.ts'
import type { SinkState } from './sink-status.ts'

/**
 * A reader that waits while the journal can't be asked or can't keep a sink's place (a full disk, a
 * lock): what was delivered is not delivered again for that. Says so once, and shows it as the sink's
 * state; ends with the signal.
 */
export function createPatientReader(
  reader: JournalReader,
  parts: {
    readonly sink: string
    readonly signal: AbortSignal
    readonly state: Pick<SinkState, 'failed'>
    readonly clock: Clock
    readonly log: Log
  },
): JournalReader {
  const { sink, signal, state, clock, log } = parts
  let failing = false

  async function patiently<T>(ask: () => Promise<T>): Promise<T> {
    const answer = await whileJournalFails(ask, {
      clock,
      signal,
      onFailure(error) {
        state.failed(error)
        if (failing) return
        failing = true
        const reason = headOf(error.message)
        log.warn({ sink, reason }, `sink ${sink} waits for the journal, trying again: ${reason}`)
      },
    })
    if (failing) log.info({ sink }, `sink ${sink} goes on: the journal answers again`)
    failing = false
    return answer
  }

  return {
    read: (limit, after) => patiently(() => reader.read(limit, after)),
    commit: (page, refused) => patiently(() => reader.commit(page, refused)),
  }
}
