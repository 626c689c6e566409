import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Journal } from '../src/journal/journal.ts'
import { documentOf } from '../src/sinks/beats/document.ts'
import { windowOf } from '../src/sinks/beats/frames.ts'
import { beatsOptions } from '../src/sinks/beats/options.ts'
import { createBeatsSink } from '../src/sinks/beats/sink.ts'
import { lumberjackServer, type LumberjackPeer } from '../test/support/lumberjack-server.ts'
import { drainInto, fillJournal } from './drain.ts'
import type { Case } from './support/case.ts'
import { openBenchJournal } from './support/journal.ts'
import { seconds } from './support/measure.ts'
import { withScratch } from './support/scratch.ts'

const entries = 50_000
const batch = 1_000
const ACK_BYTES = 6

/** Plain, and as it is by default. */
const levels = [0, 3]

export const drainBeats: Case = {
  summary:
    'the journal through a shipper into a lumberjack server, beside a loop that sends the same bytes and waits for each ACK',
  async run({ runs }) {
    const peer = await lumberjackServer.find()
    if ('missing' in peer) throw new Error(`${lumberjackServer.name} is missing: ${peer.missing}`)
    return withScratch(async (folder) => {
      await using journal = await openBenchJournal(folder)
      await fillJournal(journal, entries)
      const rates = await Promise.all(
        levels.map(async (level) => ({
          level,
          windows: await windowsOf(journal, level),
          ours: [] as number[],
          bare: [] as number[],
        })),
      )
      for (let run = 0; run <= runs; run++) {
        for (const { level, windows, ours, bare } of rates) {
          const oursRate = await measured(peer, windows, (port) => {
            const options = { hosts: `127.0.0.1:${port}`, compression: level }
            const sink = createBeatsSink(beatsOptions.parse(options), `beats-${level}-${run}`)
            return drainInto(journal, sink, batch)
          })
          const bareRate = await measured(peer, windows, (port) =>
            seconds(() => sendAll(port, windows)),
          )
          if (run === 0) continue
          ours.push(oursRate)
          bare.push(bareRate)
        }
      }
      return rates.map(({ level, ours, bare }) => ({
        figure: `drain to beats, compression ${level}`,
        unit: 'entries/s',
        values: ours,
        beside: { what: 'the same bytes, in a loop', values: bare },
      }))
    })
  },
}

/** Entries a second of what sends them all to a server that has nothing yet. */
async function measured(
  peer: LumberjackPeer,
  windows: readonly Window[],
  send: (port: number) => Promise<number>,
): Promise<number> {
  await using server = await peer.open()
  const taken = await send(server.port)
  const { length } = await server.lines()
  const wanted = windows.reduce((sum, { size }) => sum + size, 0)
  if (length !== wanted) throw new Error(`the server has ${length} documents of ${wanted}`)
  return length / taken
}

interface Window {
  readonly size: number
  readonly bytes: Buffer
}

async function windowsOf(journal: Journal, level: number): Promise<readonly Window[]> {
  const documents: Buffer[] = []
  for await (const entry of journal.entries({})) documents.push(documentOf(entry, 'ecs'))
  const windows: Window[] = []
  for (let from = 0; from < documents.length; from += batch) {
    const some = documents.slice(from, from + batch)
    windows.push({ size: some.length, bytes: await windowOf(some, level) })
  }
  return windows
}

async function sendAll(port: number, windows: readonly Window[]): Promise<void> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true)
  await once(socket, 'connect')
  for (const { size, bytes } of windows) {
    socket.write(bytes)
    await acked(socket, size)
  }
  socket.destroy()
}

/** A server on the same machine sends an ACK in one piece. */
async function acked(socket: Socket, size: number): Promise<void> {
  const [answer] = (await once(socket, 'data')) as [Buffer]
  if (answer.length !== ACK_BYTES || answer.readUInt32BE(2) !== size)
    throw new Error(`no ACK of the window: ${answer.toString('hex')}`)
}
