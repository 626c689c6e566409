import type { UriParts } from './option-declaration.ts'

/**
 * The hosts a URI names, each as `host:port` (an IPv6 address in brackets), with what is left out put
 * in. Empty where it names neither a host nor a port.
 */
export function hostsOf(
  { host, port, moreHosts = [] }: UriParts,
  missing: { readonly host: string; readonly port: number },
): readonly string[] {
  if (host === undefined && port === undefined) return []
  return [{ host: host ?? missing.host, port }, ...moreHosts].map((each) => {
    const bare = each.host.replaceAll(/[[\]]/g, '')
    const name = bare.includes(':') ? `[${bare}]` : bare
    return `${name}:${each.port ?? missing.port}`
  })
}
