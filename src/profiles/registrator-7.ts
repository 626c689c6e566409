import type { Dialect } from './dialect.ts'
import { metadataOf } from './metadata.ts'

const OWN_MODES = new Set(['bridge', 'default', 'host'])

/** Registrator 7, its last version, with the documents that `auditor` would write of it. */
export const registrator7: Dialect = {
  ending: new Set(),
  signalIsSuccess: true,
  ports: ({ exposed }) =>
    exposed.map((port) => ({ port, hostIp: '0.0.0.0', hostPort: port.split('/')[0]! })),
  isGroup: (_, offered) => offered > 1,
  metadata: ({ environment, labels }, port) =>
    metadataOf([...environment, ...labels], port, 'port'),
  name({ values, ofPort }, base, suffix) {
    const name = values.get('name') || base
    if (name === undefined) return undefined
    return name + (ofPort.has('name') ? '' : (suffix ?? ''))
  },
  tags: splitAtCommas,
  hostIp({ networkMode, addresses }, bound) {
    if (OWN_MODES.has(networkMode)) return bound
    return new Map(addresses).get(networkMode) ?? ''
  },
  exposedIp: ({ address, addresses }) => address || (addresses.at(-1)?.[1] ?? ''),
  address({ addressLabel, networkMode }, addressOf) {
    const [mode, container = ''] = networkMode.split(':')
    const shared = mode === 'container' ? addressOf(container) : undefined
    const labelled = addressLabel === '' ? undefined : addressLabel.replace(/\/[^/]*$/, '')
    return shared ?? labelled
  },
  origin: { ContainerName: '' },
}

/** `\,` is a comma of a tag, empty tags vanish, and the last one comes first. */
function splitAtCommas(text: string): readonly string[] {
  return text
    .split(/(?<!\\),/)
    .filter((tag) => tag !== '')
    .map((tag) => tag.replaceAll('\\,', ','))
    .reverse()
}
