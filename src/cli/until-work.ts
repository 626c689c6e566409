import type { Auditor } from '../agent/auditor.ts'
import type { Journal } from '../journal/journal.ts'

/** So much is done, and may wait, where there is no work. */
const FEW = 100

/**
 * Calls when the agent has work: entries of its engines, or for its sinks. V8 counts how often
 * something is called, not in which time: an agent without work would have its compilers loaded
 * after a minute.
 */
export async function untilWork(
  { entries$ }: Pick<Auditor, 'entries$'>,
  journal: Pick<Journal, 'cursors'>,
  then: () => void,
): Promise<void> {
  let seen = 0
  const watching = entries$.subscribe(() => {
    seen += 1
    if (seen < FEW) return
    watching.unsubscribe()
    then()
  })
  if ((await journal.cursors()).some(({ pending }) => pending > FEW)) then()
}
