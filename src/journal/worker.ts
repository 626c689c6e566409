import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { createCore } from './caller.ts'
import { openForReading, openForWriting } from './database.ts'
import { JOURNAL_FILE } from './directory.ts'
import { diskShareOf } from './disk-share.ts'
import { createGroupCommit } from './group-commit.ts'
import type { Call, Reply, Request, WorkerSetup } from './protocol.ts'
import { RESERVE_FILE, createReserve, withReserve } from './reserve.ts'

// A worker thread with one connection: a slow disk stalls this thread and no other.
const port = parentPort!
const { role, dir, retention = {}, ...upkeep } = workerData as WorkerSetup
const file = join(dir, JOURNAL_FILE)
const { logPages, reserveBytes } = diskShareOf(dir, retention.maxBytes)
const reserve = createReserve(join(dir, RESERVE_FILE), reserveBytes)
const db = withReserve(reserve, () =>
  role === 'read' ? openForReading(file) : openForWriting(file, logPages),
)
const answerAll = createGroupCommit(
  createCore(db, dir, role, { retention, reserve, ...upkeep }),
  reply,
)

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

/** Everything that waits when the thread gets to it. */
function drain(): void {
  scheduled = false
  const calls = waiting
  waiting = []
  answerAll(calls)
}

function reply(message: Reply): void {
  port.postMessage(message)
}
