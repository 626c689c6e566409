import type { Socket } from 'node:net'
import { callbackify, promisify } from 'node:util'
import type { buildConnector } from 'undici'
import { authorityShownBy } from './pinned-authority.ts'
import type { TlsMaterial } from './tls.ts'
import { openTunnel } from './tunnel.ts'

/** By what way servers are reached, beside the plain one. */
export interface Way {
  /** An HTTP proxy: `http://user:password@proxy:3128`. */
  readonly proxy?: string | undefined
  /** SHA-256 of the authority to trust, of which no file is there. */
  readonly fingerprint?: string | undefined
}

/** How a pool of undici connects: through a proxy, or to servers of an authority known by its fingerprint. */
export function createConnector(
  build: typeof buildConnector,
  tls: TlsMaterial,
  timeoutMs: number,
  { proxy, fingerprint }: Way,
): buildConnector.connector {
  type Options = buildConnector.Options
  const trusting = build({ ...tls, timeout: timeoutMs })
  /** Learnt with the first connection; again when one fails, for the cluster may have another by then. */
  let pinned: Promise<buildConnector.connector> | undefined

  async function tunnelTo({ hostname, protocol, port }: Options): Promise<Socket | undefined> {
    if (proxy === undefined) return undefined
    const usual = protocol === 'https:' ? 443 : 80
    return openTunnel({ proxy, host: bare(hostname), port: Number(port) || usual, timeoutMs })
  }

  async function pinnedFor(options: Options, wanted: string) {
    const socket = await tunnelTo(options)
    const server = { host: bare(options.hostname), port: Number(options.port) || 443 }
    const ca = await authorityShownBy({ ...server, socket, timeoutMs }, wanted, tls)
    // It need not be a root: the fingerprint may be of an authority in between, or the server's own.
    return build({ ...tls, ca, allowPartialTrustChain: true, timeout: timeoutMs })
  }

  async function connect(options: Options): Promise<Socket> {
    const isPinned = fingerprint !== undefined && options.protocol === 'https:'
    if (isPinned) pinned ??= pinnedFor(options, fingerprint)
    try {
      const connector = isPinned ? await pinned! : trusting
      const httpSocket = await tunnelTo(options)
      if (httpSocket !== undefined && options.protocol !== 'https:') return httpSocket
      const reached = await promisify(connector)(
        httpSocket === undefined ? options : { ...options, httpSocket },
      )
      return reached!
    } catch (error) {
      pinned = undefined
      throw error
    }
  }

  const begin = callbackify(connect)
  return (options, callback) => {
    begin(options, (error: Error | null, socket) => {
      if (error === null) callback(null, socket)
      else callback(error, null)
    })
  }
}

/** Without the brackets of an IPv6 address. */
const bare = (hostname: string): string => hostname.replaceAll(/[[\]]/g, '')
