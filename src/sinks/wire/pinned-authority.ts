import { X509Certificate } from 'node:crypto'
import { isIP, type Socket } from 'node:net'
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import type { TlsMaterial } from './tls.ts'

export interface ServerToAsk {
  readonly host: string
  readonly port: number
  /** What leads there, where it is not reached by itself. */
  readonly socket?: Socket | undefined
  /** How long it may take. */
  readonly timeoutMs: number
}

/**
 * The certificate with this SHA-256 fingerprint among those a server shows, as PEM. Nothing it shows is
 * trusted for that: whoever likes can show somebody else's authority beside a certificate of his own.
 * The connection is closed again, and the authority is to be trusted on another one, where the whole
 * chain is checked up to it.
 *
 * @throws Error where it shows no such certificate
 */
export async function authorityShownBy(
  { host, port, socket, timeoutMs }: ServerToAsk,
  fingerprint: string,
  tls: TlsMaterial,
): Promise<string> {
  const looking = connect({
    host,
    port,
    ...(socket === undefined ? {} : { socket }),
    ...tls,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: false,
  })
  looking.setTimeout(timeoutMs, () => looking.destroy(new Error('no TLS handshake in time')))
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  looking.once('secureConnect', resolve).on('error', reject)
  looking.once('close', () => reject(new Error('the other side closed the connection')))
  try {
    await promise
    const shown = chainOf(looking)
    const wanted = digitsOf(fingerprint)
    const found = shown.find(({ fingerprint256 }) => digitsOf(fingerprint256) === wanted)
    if (found !== undefined) return new X509Certificate(found.raw).toString()
    const last = shown.at(-1)?.fingerprint256 ?? 'none'
    throw new Error(
      `none of its certificates has the fingerprint that is set (the last one of its chain has ${last})`,
    )
  } finally {
    looking.destroy()
  }
}

/** The server's own first. A self-signed one is its own issuer. */
function chainOf(socket: TLSSocket): readonly DetailedPeerCertificate[] {
  const chain = new Set<DetailedPeerCertificate>()
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true)
  while (next?.raw !== undefined && !chain.has(next)) {
    chain.add(next)
    next = next.issuerCertificate
  }
  return [...chain]
}

const digitsOf = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase()
