import { createWriteStream } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { createFakeEngine } from '../../src/testing/fake-engine.ts'
import type { EngineOrder } from './fake-engine-process.ts'

/** The process behind `startFakeEngine`: does what it is told, one order after the other. */
const [heardFile, lostFile] = process.argv.slice(2)
const heard = createWriteStream(heardFile!)
const lost = createWriteStream(lostFile!)
const engine = await createFakeEngine({ onLost: ({ line }) => lost.write(`${line}\n`) })
const names = Array.from({ length: 20 }, (_, n) => `busy-${n}`)
for (const name of names) engine.addContainer({ id: name, name })
let published = 0

function publish(): void {
  const name = names[published % names.length]!
  const action = `exec_start: number ${published++}`
  const sent = engine.core.publish({ action, id: name, attributes: { name, image: 'busybox' } })
  heard.write(`${sent.line}\n`)
}

/** As many as are due by now: a busy machine delays them, and takes none away. */
async function load(perSecond: number, ms: number): Promise<void> {
  const all = (perSecond * ms) / 1000
  const began = performance.now()
  for (let done = 0; done < all; await wait(5)) {
    const due = Math.min(all, ((performance.now() - began) * perSecond) / 1000)
    for (; done < due; done++) publish()
  }
}

async function end(): Promise<void> {
  await engine[Symbol.asyncDispose]()
  await Promise.all([heard, lost].map((file) => new Promise((resolve) => file.end(resolve))))
}

process.on('message', (order: EngineOrder) => {
  const doing = order.do === 'load' ? load(order.perSecond, order.ms) : end()
  void doing.then(() => process.send!('done'))
})
const { id } = engine.core
process.send!({ id, socketPath: engine.socketPath, metricsUrl: engine.metricsUrl })
