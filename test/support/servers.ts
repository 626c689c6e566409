import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** A server of the test on 127.0.0.1; disposing ends it with all its connections. */
export interface TestServer extends AsyncDisposable {
  readonly port: number
  readonly url: string
}

/** Answers HTTP as the test says. */
export function serveHttp(listener: RequestListener): Promise<TestServer> {
  return listening(createHttpServer(listener))
}

/** Gives each TCP connection to the test. */
export function serveTcp(onSocket: (socket: Socket) => void): Promise<TestServer> {
  return listening(createServer(onSocket))
}

/** Starts any server of Node's on a free port. */
export async function listening(server: Server): Promise<TestServer> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Whoever talks to this server may be gone at any time.
    socket.on('error', () => undefined)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
