import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { listening, type TestServer } from './servers.ts'

/** An HTTP proxy that knows CONNECT alone. */
export interface ConnectProxy extends TestServer {
  /** Where it was asked to lead, as it was asked. */
  readonly asked: readonly string[]
}

/** @param user whom it lets through, as `name:password`; default everybody */
export async function connectProxy(user?: string): Promise<ConnectProxy> {
  const asked: string[] = []
  const ends = new Set<Socket>()
  const server = createServer((_, response) => void response.writeHead(405).end())
  const wanted = user === undefined ? undefined : `Basic ${Buffer.from(user).toString('base64')}`
  server.on('connect', ({ url = '', headers }, near: Socket) => {
    if (wanted !== undefined && headers['proxy-authorization'] !== wanted) {
      near.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    asked.push(url)
    const { hostname, port } = new URL(`http://${url}`)
    const far = connect(Number(port), hostname, () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n')
      near.pipe(far).pipe(near)
    })
    ends.add(far)
    far.on('error', () => near.destroy())
    near.on('close', () => far.destroy())
  })
  const listener = await listening(server)
  return {
    ...listener,
    asked,
    async [Symbol.asyncDispose]() {
      for (const end of ends) end.destroy()
      await listener[Symbol.asyncDispose]()
    },
  }
}
