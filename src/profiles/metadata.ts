import type { Variable } from './inputs.ts'

/** What `SERVICE_...` says of one port, by name in lower case. */
export interface Metadata {
  readonly values: ReadonlyMap<string, string>
  /** Names that were given for this port alone: `SERVICE_80_NAME`. */
  readonly ofPort: ReadonlySet<string>
}

/**
 * `SERVICE_NAME` is about every port, `SERVICE_80_NAME` about port 80.
 *
 * @param rule which of two wins: the later one, or the one about this port
 */
export function metadataOf(
  variables: readonly Variable[],
  port: string,
  rule: 'later' | 'port',
): Metadata {
  const values = new Map<string, string>()
  const ofPort = new Set<string>()
  for (const [name, value] of variables) {
    const rest = name.slice('SERVICE_'.length).toLowerCase()
    const [, number, key] = /^([+-]?\d+)_([^]*)$/.exec(rest) ?? []
    if (number !== undefined && number !== port) continue
    const meant = key ?? rest
    if (rule === 'port' && ofPort.has(rest)) continue
    values.set(meant, value)
    if (key !== undefined) ofPort.add(key)
  }
  return { values, ofPort }
}
