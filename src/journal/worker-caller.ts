import { Worker } from 'node:worker_threads'
import { asError } from '../model/errors.ts'
import type { Caller, Core, Method } from './caller.ts'
import { revivedError, type Reply, type Request, type WorkerSetup } from './protocol.ts'

interface Pending {
  readonly settle: (result: unknown) => void
  readonly refuse: (error: Error) => void
}

/** `.ts` as the sources run, `.js` as published: the worker is beside this file in either form. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const WORKER = new URL(`./worker.${extension}`, import.meta.url)

/**
 * Asks a core in a worker thread. The thread keeps the process alive only while an answer is due.
 * When it dies, what was asked is rejected, so is everything asked later, and `onFatal` is told once.
 */
export async function startWorker(
  setup: WorkerSetup,
  onFatal: (error: Error) => void,
  url: URL = WORKER,
): Promise<Caller> {
  const worker = new Worker(url, { workerData: setup, name: `auditor-journal-${setup.role}` })
  const pending = new Map<number, Pending>()
  const started = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  let ready = false
  let closing = false
  let dead: Error | undefined
  let lastNumber = 0

  worker.on('message', (reply: Reply) => {
    if ('ready' in reply) {
      ready = true
      worker.unref()
      started.resolve()
      return
    }
    const asked = pending.get(reply.number)
    pending.delete(reply.number)
    if (pending.size === 0 && !closing) worker.unref()
    if ('error' in reply) asked?.refuse(revivedError(reply.error))
    else asked?.settle(reply.result)
  })
  worker.on('error', (thrown) => fail(asError(thrown)))
  worker.on('exit', (code) => {
    fail(new Error(closing ? 'the journal is closed' : `its thread ended with ${code}`))
    ended.resolve()
  })

  function fail(cause: Error): void {
    if (dead !== undefined) return
    dead = closing ? cause : new Error(`the journal's ${setup.role} thread died`, { cause })
    for (const { refuse } of pending.values()) refuse(dead)
    pending.clear()
    if (!ready) started.reject(cause)
    else if (!closing) onFatal(dead)
  }

  await started.promise
  return {
    call<N extends Method>(method: N, ...args: Parameters<Core[N]>) {
      if (dead !== undefined) return Promise.reject(dead)
      if (closing) return Promise.reject(new Error('the journal is closed'))
      if (pending.size === 0) worker.ref()
      const number = (lastNumber += 1)
      return new Promise<ReturnType<Core[N]>>((resolve, reject) => {
        pending.set(number, {
          settle: (result) => resolve(result as ReturnType<Core[N]>),
          refuse: reject,
        })
        worker.postMessage({ number, method, args } satisfies Request, handedOver(method, args))
      })
    },
    async [Symbol.asyncDispose]() {
      if (!closing && dead === undefined) {
        closing = true
        worker.ref()
        worker.postMessage({ method: 'close' } satisfies Request)
      }
      await ended.promise
    },
  }
}

/** Texts go to the writer without a copy; the caller has no use for them any more. */
function handedOver(method: Method, args: readonly unknown[]): ArrayBuffer[] {
  if (method !== 'append') return []
  const [groups] = args as Parameters<Core['append']>
  return groups.flatMap(({ entries }) => [entries.ids.buffer, entries.slots.buffer])
}
