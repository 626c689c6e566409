import pRetry from 'p-retry'
import type { Clock } from '../actors/clock.ts'
import type { Inspector } from '../docker/port.ts'
import type { ContainerFacts } from '../model/container-facts.ts'
import { createCircuit } from './circuit.ts'

/**
 * How a question to inspect went: `gone` when there is no such container, `failed` when no answer
 * came in time, `skipped` when it was not asked: the engine answers nobody, or there is no time to ask.
 */
export type Answer =
  | { readonly status: 'facts'; readonly facts: ContainerFacts }
  | { readonly status: 'gone' | 'failed' | 'skipped' }

export interface AskStatus {
  /** Questions to the engine, tries not counted. */
  readonly asked: number
  /** No answer in time, or an error twice. */
  readonly failed: number
  /** Not asked, since the engine did not answer several times in a row, or too much waited. */
  readonly skipped: number
}

export interface Ask {
  /** Never rejects. */
  ask(id: string, signal: AbortSignal): Answer | Promise<Answer>
  /** Asks nobody, and counts it. */
  skip(): Answer
  status(): AskStatus
}

/** A question that failed is asked once more, after so many ms and within its deadline. */
const RETRY_AFTER_MS = 50

/** @param deadlineMs for one question with its second try */
export function createAsk(options: {
  readonly inspector: Inspector
  readonly deadlineMs: number
  readonly clock: Clock
}): Ask {
  const { inspector, deadlineMs, clock } = options
  const circuit = createCircuit({ clock })
  const counts = { asked: 0, failed: 0, skipped: 0 }

  async function question(id: string, signal: AbortSignal): Promise<Answer> {
    const deadline = new AbortController()
    const until = AbortSignal.any([signal, deadline.signal])
    const disarm = clock.after(deadlineMs, () => deadline.abort(new Error('deadline')))
    counts.asked++
    try {
      const facts = await settledBy(until, () =>
        pRetry(() => inspector.inspect(id, until), {
          retries: 1,
          minTimeout: 0,
          signal: until,
          onFailedAttempt: ({ retriesLeft }) =>
            retriesLeft === 0 ? undefined : clock.sleep(RETRY_AFTER_MS, until),
        }),
      )
      circuit.answered()
      return facts === undefined ? { status: 'gone' } : { status: 'facts', facts }
    } catch {
      // The reason is the engine's: what matters here is that there are no facts, and that is counted.
      circuit.failed(deadline.signal.aborted)
      counts.failed++
      return { status: 'failed' }
    } finally {
      disarm()
    }
  }

  function skip(): Answer {
    counts.skipped++
    return { status: 'skipped' }
  }

  return {
    ask: (id, signal) => (circuit.allows() ? question(id, signal) : skip()),
    skip,
    status: () => ({ ...counts }),
  }
}

/** The promise's outcome, or the signal's reason when that comes first: nobody has to obey a signal. */
function settledBy<T>(signal: AbortSignal, begin: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error)
    if (signal.aborted) {
      onAbort()
      return
    }
    signal.addEventListener('abort', onAbort, { once: true })
    begin()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort))
  })
}
