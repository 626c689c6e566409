import type { Dialect } from './dialect.ts'
import { metadataOf } from './metadata.ts'

/** `auditor` as of 2015: its bridge was that of Registrator before version 6. */
export const auditor2015: Dialect = {
  ending: new Set(['stop', 'kill']),
  signalIsSuccess: false,
  ports: ({ configured }) => configured,
  isGroup: (all) => all > 1,
  metadata: ({ environment }, port) => metadataOf(environment, port, 'later'),
  name(metadata, base, suffix) {
    const given = metadata.values.get('name')
    if (given) return given
    return base === undefined ? undefined : base + (suffix ?? '')
  },
  tags: (text) => (text === '' ? [] : text.split(',')),
  hostIp: (_, bound) => bound,
  exposedIp: ({ address }) => address,
  address: () => undefined,
  origin: {},
}
