import { parentPort, workerData } from 'node:worker_threads'
import { asError } from '../model/errors.ts'
import { createLivesMaker } from './maker.ts'

/** Asked one at a time; a question is answered before the next is read. */
export type Question =
  | { readonly ask: 'step'; readonly now: number }
  | { readonly ask: 'due'; readonly now: number }
  | { readonly ask: 'close' }

export type Answer = { readonly result: unknown } | { readonly error: string }

const port = parentPort!
const { dir, tellsPosture } = workerData as { readonly dir: string; readonly tellsPosture: boolean }
let maker: ReturnType<typeof createLivesMaker> | undefined

port.on('message', (question: Question) => {
  if (question.ask === 'close') {
    maker?.close()
    port.close()
    return
  }
  try {
    // Opened with the first question, so that what stands in the way is answered like all else.
    maker ??= createLivesMaker(dir, false, tellsPosture)
    const result = question.ask === 'step' ? maker.step(question.now) : maker.due(question.now)
    port.postMessage({ result } satisfies Answer)
  } catch (thrown) {
    port.postMessage({ error: asError(thrown).message } satisfies Answer)
  }
})
