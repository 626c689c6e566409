import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { asError } from '../model/errors.ts'
import type { WrittenGroup } from './append.ts'
import { createCore, type Core } from './caller.ts'
import { openForReading, openForWriting } from './database.ts'
import { JOURNAL_FILE } from './directory.ts'
import { plainError, type Reply, type Request, type WorkerSetup } from './protocol.ts'

/**
 * A worker thread with one connection: a slow disk stalls this thread and no other. Group commit:
 * all appends that wait when the thread gets to them go into one transaction, up to a bound.
 */
type Call = Extract<Request, { number: number }>

/** Entries a transaction: what one fsync may cost the next caller in time, and us in memory. */
const MAX_ENTRIES = 10_000

const port = parentPort!
const { role, dir, retention } = workerData as WorkerSetup
const file = join(dir, JOURNAL_FILE)
const db = role === 'read' ? openForReading(file) : openForWriting(file)
const core = createCore(db, dir, role, retention) as {
  readonly [method: string]: (...args: readonly unknown[]) => unknown
}

let waiting: Call[] = []
let scheduled = false

port.on('message', (request: Request) => {
  if (request.method === 'close') {
    drain()
    db.close()
    port.close()
    return
  }
  waiting.push(request)
  if (scheduled) return
  scheduled = true
  setImmediate(drain)
})
reply({ ready: true })

function drain(): void {
  scheduled = false
  const calls = waiting
  waiting = []
  for (let at = 0; at < calls.length;) {
    const appends = appendsFrom(calls, at)
    if (appends.length > 1) appendTogether(appends)
    else answer(calls[at]!)
    at += Math.max(1, appends.length)
  }
}

/** The run of appends that begins here, as far as one transaction may hold them. */
function appendsFrom(calls: readonly Call[], at: number): readonly Call[] {
  let entries = 0
  let end = at
  while (calls[end]?.method === 'append') {
    for (const group of groupsOf(calls[end]!)) entries += group.entries.count
    if (entries > MAX_ENTRIES && end > at) break
    end += 1
  }
  return calls.slice(at, end)
}

function appendTogether(calls: readonly Call[]): void {
  let results: ReturnType<Core['append']>
  try {
    results = core['append']!(calls.flatMap(groupsOf), calls.at(-1)!.args[1]) as typeof results
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

function answer({ number, method, args }: Call): void {
  try {
    reply({ number, result: core[method]!(...args) })
  } catch (thrown) {
    reply({ number, error: plainError(asError(thrown)) })
  }
}

function groupsOf({ args }: Call): readonly WrittenGroup[] {
  return args[0] as readonly WrittenGroup[]
}

function reply(message: Reply): void {
  port.postMessage(message)
}
