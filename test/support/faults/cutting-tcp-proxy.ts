import { connect, type Socket } from 'node:net'
import { serveTcp, type TestServer } from '../servers.ts'

/** A proxy before a TCP port that ends connections after some bytes, in the middle of what it passes on. */
export interface CuttingTcpProxy extends TestServer {
  /** How many connections it has cut, by the direction in which the last bytes went. */
  readonly cuts: { readonly asked: number; readonly answered: number }
}

/** @param lives how many bytes the next connection may pass on, there and back */
export async function cuttingTcpProxy(
  port: number,
  lives: () => { readonly asked: number; readonly answered: number },
): Promise<CuttingTcpProxy> {
  const cuts = { asked: 0, answered: 0 }
  const server = await serveTcp((client) => {
    const left = { ...lives() }
    const target = connect(port, '127.0.0.1')
    const end = (): void => {
      client.destroy()
      target.destroy()
    }
    target.on('error', end)
    for (const socket of [client, target]) socket.on('close', end)

    function pass(from: Socket, to: Socket, way: 'asked' | 'answered'): void {
      from.on('data', (chunk: Buffer) => {
        const some = chunk.subarray(0, left[way])
        left[way] -= some.length
        if (some.length === chunk.length && left[way] > 0) {
          if (!to.write(some)) from.pause()
          return
        }
        cuts[way]++
        // The last bytes arrive, and nothing after them.
        to.end(some, end)
        from.pause()
      })
      to.on('drain', () => from.resume())
    }
    pass(client, target, 'asked')
    pass(target, client, 'answered')
  })
  return { ...server, cuts }
}
