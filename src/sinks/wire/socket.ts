import { connect as connectTcp, isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import type { TlsMaterial } from './tls.ts'

/** A long wait is looked after by the kernel: a peer whose machine is gone is noticed. */
const KEEP_ALIVE_MS = 15_000

/** First byte of a TLS alert, with which a TLS server answers plain text. */
export const TLS_ALERT = 0x15

export interface Endpoint {
  readonly host: string
  readonly port: number
  /** Encrypted where it is given. */
  readonly tls?: TlsMaterial
}

/** A connection that breaks once and for good. What it says is for its owner to read. */
export interface WatchedSocket {
  readonly socket: Duplex
  /** Why it is broken, once it is. */
  readonly broken: Error | undefined
  /** Ends it; the first reason stays. */
  break(reason: Error): void
  /**
   * Until `done` is called. Rejects when the connection breaks, or when the signal is aborted, which
   * does not break it.
   */
  unlessBroken(signal: AbortSignal, begin: (done: () => void) => void): Promise<void>
}

/** Connects, and with TLS shakes hands. */
export async function openSocket(endpoint: Endpoint, signal: AbortSignal): Promise<WatchedSocket> {
  signal.throwIfAborted()
  const { host, port, tls } = endpoint
  const name = isIP(host) === 0 ? { servername: host } : {}
  const socket =
    tls === undefined ? connectTcp({ host, port }) : connectTls({ host, port, ...tls, ...name })
  socket.setNoDelay(true)
  socket.setKeepAlive(true, KEEP_ALIVE_MS)
  const watched = watch(socket)
  try {
    const connected = tls === undefined ? 'connect' : 'secureConnect'
    await watched.unlessBroken(signal, (done) => void socket.once(connected, done))
    return watched
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** Watches a stream that was just made. */
export function watch(socket: Duplex): WatchedSocket {
  const waiting = new Set<(reason: Error) => void>()
  let broken: Error | undefined

  function fail(reason: Error): void {
    broken ??= reason
    for (const reject of waiting) reject(broken)
    socket.destroy()
  }

  socket.on('error', fail)
  socket.on('close', () => fail(new Error('the connection is closed')))

  return {
    socket,
    get broken() {
      return broken
    },
    break: fail,
    async unlessBroken(signal, begin) {
      signal.throwIfAborted()
      if (broken !== undefined) throw broken
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const onAbort = (): void => reject(signal.reason as Error)
      waiting.add(reject)
      signal.addEventListener('abort', onAbort, { once: true })
      begin(resolve)
      await promise.finally(() => {
        waiting.delete(reject)
        signal.removeEventListener('abort', onAbort)
      })
    },
  }
}
