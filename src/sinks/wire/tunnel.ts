import { request } from 'node:http'
import { isIPv6, type Socket } from 'node:net'

export interface TunnelOptions {
  /** `http://user:password@proxy:3128` */
  readonly proxy: string
  /** Where to, by the name the proxy will look up. */
  readonly host: string
  readonly port: number
  /** How long all of it may take. */
  readonly timeoutMs: number
}

/** A connection through an HTTP proxy, by CONNECT (RFC 9110, 9.3.6). The user is never named. */
export async function openTunnel({ proxy, host, port, timeoutMs }: TunnelOptions): Promise<Socket> {
  const { hostname, port: proxyPort } = new URL(proxy)
  const { username, password } = userOf(proxy)
  const target = `${isIPv6(host) ? `[${host}]` : host}:${port}`
  const asks = request({
    host: hostname.replaceAll(/[[\]]/g, ''),
    port: proxyPort || 80,
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...authorization(username, password) },
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
  })
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  asks.on('connect', ({ statusCode = 0 }, socket: Socket, head: Buffer) => {
    if (statusCode >= 200 && statusCode < 300) {
      if (head.length > 0) socket.unshift(head)
      resolve(socket)
    } else {
      socket.destroy()
      const cure = CURES[statusCode] ?? ''
      reject(new Error(`it answered ${statusCode} to CONNECT ${target}${cure}`))
    }
  })
  // Also what comes after it was settled: by then the socket is its owner's.
  asks.on('error', reject)
  asks.end()
  return await promise.catch((error: Error) => {
    throw new Error(`the proxy ${hostname}:${proxyPort || 80}: ${error.message}`, { cause: error })
  })
}

/** @throws URIError where the percent-encoding is none */
export function userOf(proxy: string): { readonly username: string; readonly password: string } {
  const { username, password } = new URL(proxy)
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) }
}

const CURES: { readonly [status: number]: string } = {
  403: ' (it does not let this address or port through)',
  405: ' (is it an HTTP proxy at all?)',
  407: ' (check the user and password in proxy)',
}

function authorization(username: string, password: string): { readonly [name: string]: string } {
  if (username === '') return {}
  const user = Buffer.from(`${username}:${password}`).toString('base64')
  return { 'proxy-authorization': `Basic ${user}` }
}
