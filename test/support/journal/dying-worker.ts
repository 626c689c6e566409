import { parentPort } from 'node:worker_threads'

/** A thread of the journal with a bug: it dies of the first thing it is asked. */
parentPort!.on('message', () => {
  throw new Error('a bug in the thread')
})
parentPort!.postMessage({ ready: true })
