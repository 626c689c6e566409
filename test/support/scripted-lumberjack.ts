import type { Socket } from 'node:net'
import { ackOf, readWindows, type SeenWindow } from './lumberjack-frames.ts'
import { serveTcp, type TestServer } from './servers.ts'

/** One connection, for the script of a test. */
export interface Conversation {
  readonly socket: Socket
  /** Which window of the connection this is, from 0. */
  readonly number: number
  readonly ack: (...seqs: readonly number[]) => void
}

/** A lumberjack server that answers each window as the test says. */
export interface ScriptedLumberjack extends TestServer {
  readonly windows: readonly SeenWindow[]
  readonly connections: number
}

/** @param answer called when a window is there whole */
export async function scriptedLumberjack(
  answer: (conversation: Conversation, window: SeenWindow) => void,
): Promise<ScriptedLumberjack> {
  const windows: SeenWindow[] = []
  let connections = 0
  const server = await serveTcp((socket) => {
    connections++
    let rest: Buffer = Buffer.alloc(0)
    let number = 0
    const take = (chunk: Buffer): void => {
      const read = readWindows(Buffer.concat([rest, chunk]))
      rest = read.rest
      for (const window of read.windows) {
        windows.push(window)
        const ack = (...seqs: readonly number[]): void =>
          void socket.write(Buffer.concat(seqs.map(ackOf)))
        answer({ socket, number: number++, ack }, window)
      }
    }
    socket.on('data', (chunk: Buffer) => {
      try {
        take(chunk)
      } catch {
        socket.destroy() // as a real one does where it is not spoken to in its own tongue
      }
    })
  })
  return {
    ...server,
    windows,
    get connections() {
      return connections
    },
  }
}
