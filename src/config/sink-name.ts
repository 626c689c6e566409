import { hash } from 'node:crypto'
import type { UriParts } from './option-declaration.ts'

/** Names of sinks: they are shown, written into metrics and used as keys of cursors. */
export const SINK_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/

/**
 * The name of a sink that was given none. It is made of nothing but the URI's kind, hosts, ports and
 * path, because the journal keeps the sink's cursor under it: the same URI finds its cursor after a
 * restart, whatever other sinks come and go. `logstash://` is `logstash`, `logstash://logs:5000` is
 * `logstash-logs-5000`. Options, user and password don't count, so they may change; whoever wants to
 * move the host and keep the cursor gives a `name=`.
 */
export function sinkName(kind: string, { host, port, moreHosts = [], path }: UriParts): string {
  const more = moreHosts.flatMap((each) => [each.host, each.port])
  const pieces = [kind, host, port, ...more, path].filter((piece) => piece !== undefined)
  const whole = pieces
    .map((piece) =>
      String(piece)
        .replaceAll(/[^A-Za-z0-9._]+/g, '-')
        .replaceAll(/^[-.]+|-+$/g, ''),
    )
    .filter((piece) => piece !== '')
    .join('-')
  return whole.length <= 64 ? whole : `${whole.slice(0, 55)}-${hash('sha256', whole).slice(0, 8)}`
}

/**
 * Numbers names that were made (never given ones) where they are taken: two URIs of one kind, host,
 * port and path are told apart by their order.
 */
export function uniqueName(name: string, taken: ReadonlySet<string>): string {
  let unique = name
  for (let number = 2; taken.has(unique); number++) unique = `${name.slice(0, 60)}-${number}`
  return unique
}
