import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Clock } from '../../actors/clock.ts'
import { headOf } from '../head-of.ts'
import type { TlsMaterial } from '../wire/tls.ts'

/** A long wait is looked after by the kernel: a receiver whose machine is gone is noticed. */
const KEEP_ALIVE_MS = 15_000

/** First byte of a TLS alert, with which a TLS server answers plain text. */
const TLS_ALERT = 0x15

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

export interface Endpoint {
  readonly host: string
  readonly port: number
  /** Encrypted where it is given. */
  readonly tls?: TlsMaterial
}

/** Connects, and with TLS shakes hands. */
export async function openChannel(endpoint: Endpoint, signal: AbortSignal): Promise<Channel> {
  signal.throwIfAborted()
  const { host, port, tls } = endpoint
  const name = isIP(host) === 0 ? { servername: host } : {}
  const socket =
    tls === undefined ? connectTcp({ host, port }) : connectTls({ host, port, ...tls, ...name })
  socket.setNoDelay(true)
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  const { channel, unlessBroken } = watched(socket)
  try {
    const connected = tls === undefined ? 'connect' : 'secureConnect'
    await unlessBroken(signal, (done) => void socket.once(connected, done))
    return channel
  } catch (error) {
    channel.destroy()
    throw error
  }
}

type UnlessBroken = (signal: AbortSignal, begin: (done: () => void) => void) => Promise<void>

function watched(socket: Socket): { channel: Channel; unlessBroken: UnlessBroken } {
  const waiting = new Set<(reason: Error) => void>()
  let reason: Error | undefined
  let ending = false
  let answered = false

  function fail(error: Error): void {
    reason ??= error
    for (const reject of waiting) reject(reason)
    socket.destroy()
  }

  socket.on('data', (said: Buffer) => fail(new Error(unexpected(said))))
  socket.on('end', () => {
    if (ending) answered = true
    else fail(new Error('it closed the connection'))
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the connection is closed')))

  async function unlessBroken(signal: AbortSignal, begin: (done: () => void) => void) {
    signal.throwIfAborted()
    if (reason !== undefined) throw reason
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onAbort = (): void => reject(signal.reason as Error)
    waiting.add(reject)
    signal.addEventListener('abort', onAbort, { once: true })
    begin(resolve)
    await promise.finally(() => {
      waiting.delete(reject)
      signal.removeEventListener('abort', onAbort)
    })
  }

  const channel: Channel = {
    get broken() {
      return reason !== undefined && !answered
    },
    write: (text, signal) =>
      unlessBroken(signal, (done) => {
        // What went wrong is told by the socket's own events.
        socket.write(text, (error) => error ?? done())
      }),
    async outlast(ms, clock, signal) {
      let cancel = (): void => undefined
      await unlessBroken(signal, (done) => (cancel = clock.after(ms, done))).finally(() => cancel())
    },
    end() {
      ending = true
      socket.end()
    },
    async answered(signal) {
      if (!answered) await unlessBroken(signal, (done) => void socket.once('end', done))
    },
    destroy: () => fail(new Error('the connection was given up')),
  }
  return { channel, unlessBroken }
}

function unexpected(said: Buffer): string {
  const what =
    said[0] === TLS_ALERT ? 'it wants TLS (use logstash+tls)' : headOf(said.toString('latin1'))
  return `it answered where it should only read, is this an input for JSON lines? ${what}`
}
