import { Worker } from 'node:worker_threads'
import { asError } from '../model/errors.ts'
import type { Step } from './maker.ts'
import type { Answer, Question } from './worker.ts'

/** The lives of a data directory, made in a thread of their own: recording never waits for it. */
export interface LivesThread extends AsyncDisposable {
  step(now: number): Promise<Step>
  due(now: number): Promise<readonly string[]>
}

/** `.ts` as the sources run, `.js` as published. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const WORKER = new URL(`./worker.${extension}`, import.meta.url)

/** Calls are answered in their order; one that fails can be tried again. */
export function startLivesThread(dir: string, tellsPosture: boolean): LivesThread {
  const worker = new Worker(WORKER, { workerData: { dir, tellsPosture }, name: 'auditor-lives' })
  const waiting: { resolve: (result: unknown) => void; reject: (error: Error) => void }[] = []
  const ended = Promise.withResolvers<void>()
  let dead: Error | undefined

  worker.unref()
  worker.on('message', (answer: Answer) => {
    const { resolve, reject } = waiting.shift()!
    if (waiting.length === 0) worker.unref()
    if ('error' in answer) reject(new Error(answer.error))
    else resolve(answer.result)
  })
  worker.on('error', (thrown) =>
    fail(new Error('the thread of the lives died', { cause: asError(thrown) })),
  )
  worker.on('exit', () => {
    fail(new Error('the thread of the lives has ended'))
    ended.resolve()
  })

  function fail(error: Error): void {
    dead ??= error
    for (const { reject } of waiting.splice(0)) reject(dead)
  }

  function ask<T>(question: Question): Promise<T> {
    if (dead !== undefined) return Promise.reject(dead)
    if (waiting.length === 0) worker.ref()
    return new Promise<T>((resolve, reject) => {
      waiting.push({ resolve: (result) => resolve(result as T), reject })
      worker.postMessage(question)
    })
  }

  return {
    step: (now) => ask<Step>({ ask: 'step', now }),
    due: (now) => ask<readonly string[]>({ ask: 'due', now }),
    async [Symbol.asyncDispose]() {
      if (dead === undefined) {
        worker.ref()
        worker.postMessage({ ask: 'close' } satisfies Question)
      }
      await ended.promise
    },
  }
}
