import type { Clock } from '../../actors/clock.ts'
import { headOf } from '../head-of.ts'
import { openSocket, TLS_ALERT, type Endpoint, type WatchedSocket } from '../wire/socket.ts'

/**
 * One connection to a receiver that only reads. Whatever the receiver says, and its early end, break
 * the channel for good. Each wait rejects when that happens, or when its signal is aborted; an
 * aborted wait does not break the channel.
 */
export interface Channel {
  readonly broken: boolean
  /** Resolves when the kernel has taken every byte. */
  write(text: string, signal: AbortSignal): Promise<void>
  /** Resolves when the channel is whole after this time. */
  outlast(ms: number, clock: Clock, signal: AbortSignal): Promise<void>
  /** Ends this side; from now on the other side's end is its answer, and no break. */
  end(): void
  /** After `end`: resolves when the other side has ended in good order, thus has read everything. */
  answered(signal: AbortSignal): Promise<void>
  destroy(): void
}

/** Connects, and with TLS shakes hands. */
export async function openChannel(endpoint: Endpoint, signal: AbortSignal): Promise<Channel> {
  return channelOn(await openSocket(endpoint, signal))
}

function channelOn(connection: WatchedSocket): Channel {
  const { socket } = connection
  let ending = false
  let answered = false

  socket.on('data', (said: Buffer) => connection.break(new Error(unexpected(said))))
  socket.on('end', () => {
    if (ending) answered = true
    else connection.break(new Error('it closed the connection'))
  })

  return {
    get broken() {
      return connection.broken !== undefined && !answered
    },
    write: (text, signal) =>
      connection.unlessBroken(signal, (done) => {
        // What went wrong is told by the socket's own events.
        socket.write(text, (error) => error ?? done())
      }),
    async outlast(ms, clock, signal) {
      let cancel = (): void => undefined
      const begin = (done: () => void): void => void (cancel = clock.after(ms, done))
      await connection.unlessBroken(signal, begin).finally(() => cancel())
    },
    end() {
      ending = true
      socket.end()
    },
    async answered(signal) {
      if (!answered) await connection.unlessBroken(signal, (done) => void socket.once('end', done))
    },
    destroy: () => connection.break(new Error('the connection was given up')),
  }
}

function unexpected(said: Buffer): string {
  const what =
    said[0] === TLS_ALERT ? 'it wants TLS (use logstash+tls)' : headOf(said.toString('latin1'))
  return `it answered where it should only read, is this an input for JSON lines? ${what}`
}
