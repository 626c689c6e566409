/** Where to listen. Port 0: any free one. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

const ADDRESS = /^(?:(\[[0-9a-f:.%]+\]|[a-z0-9._-]*):)?(\d{1,5})$/i

/**
 * `127.0.0.1:7410`, `[::1]:7410`, `:7410` (all addresses), `7410` (loopback only).
 * `undefined` where the text is none of these.
 */
export function parseAddress(text: string): ListenAddress | undefined {
  const match = ADDRESS.exec(text)
  if (match === null) return undefined
  const [, host, digits] = match
  const port = Number(digits)
  if (port > 65_535) return undefined
  if (host === undefined) return { host: '127.0.0.1', port }
  return { host: host === '' ? '::' : host.replace(/^\[(.*)\]$/, '$1'), port }
}
