import type { Pool } from 'undici'
import { createConnector, type Way } from './connector.ts'
import type { TlsMaterial } from './tls.ts'

/**
 * Makes keep-alive connections to HTTP servers. Deadlines come with each request, as a signal; the
 * pool's own end only what nobody waits for any more. undici is loaded at the first call, for most
 * agents have no sink that needs it.
 */
export async function poolMaker(
  tls: TlsMaterial,
  timeoutMs: number,
  way: Way = {},
): Promise<(origin: string) => Pool> {
  const undici = await import('undici')
  const isPlain = way.proxy === undefined && way.fingerprint === undefined
  const connect = isPlain
    ? { ...tls, timeout: timeoutMs }
    : createConnector(undici.buildConnector, tls, timeoutMs, way)
  return (origin) =>
    new undici.Pool(origin, {
      connections: 4,
      pipelining: 1,
      connect,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      keepAliveTimeout: 30_000,
    })
}
