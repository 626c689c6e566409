import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'

/** How a server takes one request. */
export type Behaviour =
  | 'take'
  /** Reads it and never answers. */
  | 'hang'
  /** The connection is closed with half of the request read. */
  | 'close in the middle'
  /** What was sent is kept, and the connection closed instead of an answer. */
  | 'close after'
  | { readonly status: number; readonly retryAfter?: number }
  | { readonly slowMs: number }

/** Who has the say behind the faults. */
export interface Keeper {
  take(request: IncomingMessage, body: Buffer): Promise<Answer>
  /** Only this much of the body comes; then the connection is gone. */
  half?(request: IncomingMessage, body: Buffer): Promise<void>
}

export interface Answer {
  readonly status: number
  readonly headers?: { readonly [name: string]: string }
  readonly body?: Buffer | string
}

/** An HTTP server of the test, on 127.0.0.1, that goes wrong when it is told to. */
export interface FaultyServer extends AsyncDisposable {
  readonly url: string
  /** Asked for each request. Default: takes it. */
  behave: () => Behaviour
  /** How often it behaved so. */
  readonly behaved: ReadonlyMap<string, number>
  /** Nobody listens; connections that are open are closed. */
  refuse(): Promise<void>
  /** It listens again, on the same port. */
  accept(): Promise<void>
}

export async function faultyServer(keeper: Keeper): Promise<FaultyServer> {
  const behaved = new Map<string, number>()
  const sockets = new Set<Socket>()
  let server: Server | undefined
  let port = 0

  async function listen(): Promise<void> {
    server = createServer((request, response) => {
      answer(request, response).catch(() => request.socket.destroy())
    })
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => undefined)
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }

  async function close(): Promise<void> {
    if (server === undefined) return
    const closed = once(server, 'close')
    server.close()
    server = undefined
    for (const socket of sockets) socket.destroy()
    await closed
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const behaviour = faulty.behave()
    const name = typeof behaviour === 'string' ? behaviour : Object.entries(behaviour)[0]!.join(' ')
    behaved.set(name, (behaved.get(name) ?? 0) + 1)
    if (behaviour === 'close in the middle' && keeper.half === undefined) {
      await once(request, 'data')
      request.socket.destroy()
      return
    }
    const body = Buffer.concat((await Array.fromAsync(request)) as Buffer[])
    if (behaviour === 'hang') return
    if (behaviour === 'close in the middle') {
      await keeper.half!(request, body.subarray(0, body.length / 2))
      request.socket.destroy()
      return
    }
    if (typeof behaviour === 'object' && 'status' in behaviour) {
      const { status, retryAfter } = behaviour
      const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
      response.writeHead(status, headers).end('a fault of the test')
      return
    }
    if (typeof behaviour === 'object') await wait(behaviour.slowMs)
    const { status, headers, body: said } = await keeper.take(request, body)
    if (behaviour === 'close after') request.socket.destroy()
    else response.writeHead(status, headers).end(said)
  }

  const faulty: FaultyServer = {
    get url() {
      return `http://127.0.0.1:${port}`
    },
    behave: () => 'take',
    behaved,
    refuse: close,
    accept: listen,
    [Symbol.asyncDispose]: close,
  }
  await listen()
  return faulty
}
