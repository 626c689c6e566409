import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

/** A proxy before an engine's socket that cuts event streams, in the middle of what it passes on. */
export interface CuttingProxy {
  readonly path: string
  /** How many streams it has cut. */
  readonly cuts: number
  stopCutting(): void
}

/** @param lifeMs how long the next stream of events may live */
export async function cuttingProxy(
  t: Pick<TestContext, 'after'>,
  target: string,
  lifeMs: () => number,
): Promise<CuttingProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'auditor-proxy-'))
  const path = join(folder, 'docker.sock')
  const sockets = new Set<Socket>()
  let cutting = true
  let cuts = 0

  const server = createServer((client) => {
    const engine = connect(target)
    for (const socket of [client, engine]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        client.destroy()
        engine.destroy()
      })
    }
    let cutAt = Infinity
    client.on('data', (chunk: Buffer) => {
      // A history that is asked for comes at once and has an end.
      if (chunk.includes('GET /events?since=') && !chunk.includes('until=')) {
        cutAt = performance.now() + lifeMs()
      }
      engine.write(chunk)
    })
    engine.on('data', (chunk: Buffer) => {
      if (!cutting || performance.now() < cutAt) {
        client.write(chunk)
        return
      }
      cuts++
      cutAt = Infinity
      engine.pause()
      client.end(chunk.subarray(0, chunk.length / 2))
    })
  })
  server.listen(path)
  await once(server, 'listening')
  t.after(async () => {
    server.close()
    for (const socket of sockets) socket.destroy()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    path,
    get cuts() {
      return cuts
    },
    stopCutting: () => void (cutting = false),
  }
}
