import { boolean, child, list, number, objectOf, text, texts, textMap } from '../docker/json.ts'
import type { Json } from '../docker/json.ts'
import { renderTags, type TagTemplate } from './tag-template.ts'

/**
 * What a service is derived from: a few fields of an inspect answer. Of environment variables only
 * those called `SERVICE_...` are taken: who chooses a profile asks for them (P11).
 */
export interface ServiceInputs {
  readonly id: string
  /** Without the leading slash. */
  readonly name: string
  readonly hostname: string
  /** As the user typed it. */
  readonly image: string
  readonly running: boolean
  /** Never started so far: an answer from before the start. */
  readonly created: boolean
  readonly exitCode: number
  /** `Config.ExposedPorts`, such as `80/tcp`. */
  readonly exposed: readonly string[]
  /** `HostConfig.PortBindings`. */
  readonly configured: readonly OfferedPort[]
  /** `NetworkSettings.Ports`; one that is exposed and not published has no binding. */
  readonly published: readonly OfferedPort[]
  readonly networkMode: string
  /** In the default network; empty where it is in others only. */
  readonly address: string
  /** By name of the network, sorted. */
  readonly addresses: readonly (readonly [network: string, address: string])[]
  /** `SERVICE_X=value` in the order of the container's environment. */
  readonly environment: readonly Variable[]
  /** Labels called `SERVICE_...`, sorted. */
  readonly labels: readonly Variable[]
  /** The label that `useIpFromLabel` names; empty without. */
  readonly addressLabel: string
  /** The setting `tags` for this container. */
  readonly tags: string
}

export type Variable = readonly [name: string, value: string]

export interface OfferedPort {
  /** `80/tcp` */
  readonly port: string
  /** The first binding; the others, such as the IPv6 twin, are passed over. */
  readonly hostIp: string
  readonly hostPort: string
}

/** What is taken beside the usual. */
export interface Wanted {
  /** A label by its name. */
  readonly useIpFromLabel: string
  readonly tags: TagTemplate
}

const PREFIX = 'SERVICE_'

/**
 * Any field may be missing or of another type: it is then empty, never an error.
 *
 * @param inspect parsed JSON of `GET /containers/{id}/json`
 */
export function serviceInputs(inspect: unknown, wanted: Wanted): ServiceInputs {
  const root = objectOf(inspect)
  const config = child(root, 'Config')
  const host = child(root, 'HostConfig')
  const settings = child(root, 'NetworkSettings')
  const state = child(root, 'State')
  const labels = textMap(config, 'Labels')
  const addresses = addressesOf(settings)
  return {
    id: text(root, 'Id'),
    name: text(root, 'Name').replace(/^\//, ''),
    hostname: text(config, 'Hostname'),
    image: text(config, 'Image'),
    running: boolean(state, 'Running'),
    created: text(state, 'Status') === 'created',
    exitCode: number(state, 'ExitCode'),
    exposed: Object.keys(child(config, 'ExposedPorts')),
    configured: offered(child(host, 'PortBindings')),
    published: offered(child(settings, 'Ports')),
    networkMode: text(host, 'NetworkMode'),
    // Newer engines have it under the network alone.
    address: text(settings, 'IPAddress') || (new Map(addresses).get('bridge') ?? ''),
    addresses,
    environment: texts(config, 'Env').flatMap(serviceVariable),
    labels: Object.entries(labels)
      .filter(([name]) => name.startsWith(PREFIX))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
    addressLabel: Object.hasOwn(labels, wanted.useIpFromLabel)
      ? labels[wanted.useIpFromLabel]!
      : '',
    tags: renderTags(wanted.tags, root),
  }
}

function addressesOf(settings: Json): ServiceInputs['addresses'] {
  return Object.entries(child(settings, 'Networks'))
    .map(([name, network]) => [name, text(objectOf(network), 'IPAddress')] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

function offered(ports: Json): OfferedPort[] {
  return Object.keys(ports).map((port) => {
    const first = objectOf(list(ports, port)[0])
    return { port, hostIp: text(first, 'HostIp'), hostPort: text(first, 'HostPort') }
  })
}

function serviceVariable(entry: string): readonly Variable[] {
  const equals = entry.indexOf('=')
  if (equals < 0 || !entry.startsWith(PREFIX)) return []
  return [[entry.slice(0, equals), entry.slice(equals + 1)]]
}
