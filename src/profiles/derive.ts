import type { Dialect } from './dialect.ts'
import type { OfferedPort, ServiceInputs } from './inputs.ts'
import type { Service } from './service.ts'

export interface Derivation {
  readonly dialect: Dialect
  /** This machine, as its services' ids begin. */
  readonly host: {
    readonly name: string
    /** What the name resolves to, where it does. */
    readonly address?: string
  }
  /** In place of the address of published ports; empty: as published. */
  readonly ip: string
  /** The container's own address and ports instead of the published ones. */
  readonly internal: boolean
  /** Only containers that name their services. */
  readonly explicit: boolean
  /** In seconds. */
  readonly ttl: number
  /** A container's own address, where it is known: another one may share its network. */
  readonly addressOf: (container: string) => string | undefined
}

const ANYWHERE = '0.0.0.0'

/**
 * The services of a running container, sorted by port; none where it has no ports, or doesn't want
 * any. The old programs told them in no order.
 */
export function servicesOf(inputs: ServiceInputs, options: Derivation): readonly Service[] {
  const { dialect, internal } = options
  const ports = new Map<string, OfferedPort>()
  for (const port of [...dialect.ports(inputs), ...inputs.published]) ports.set(port.port, port)
  const offered = [...ports.values()].filter(({ hostPort }) => internal || hostPort !== '')
  const isGroup = dialect.isGroup(ports.size, offered.length)
  return offered
    .sort(byPort)
    .map((port) => serviceOf(inputs, port, isGroup, options))
    .filter((service) => service !== undefined)
}

function serviceOf(
  inputs: ServiceInputs,
  { port, hostIp, hostPort }: OfferedPort,
  isGroup: boolean,
  options: Derivation,
): Service | undefined {
  const { dialect, host, internal, explicit } = options
  const [exposedPort = '', protocol = 'tcp'] = port.split('/')
  const { values, ...rest } = dialect.metadata(inputs, exposedPort)
  if (values.get('ignore')) return undefined
  const base = explicit ? undefined : imageBase(inputs.image)
  const name = dialect.name({ values, ...rest }, base, isGroup ? `-${exposedPort}` : undefined)
  if (name === undefined) return undefined

  const bound = dialect.hostIp(inputs, hostIp === '' ? ANYWHERE : hostIp)
  const resolved = bound === ANYWHERE ? (host.address ?? bound) : bound
  const origin = {
    HostPort: hostPort,
    HostIP: options.ip === '' ? resolved : options.ip,
    ExposedPort: exposedPort,
    ExposedIP: dialect.exposedIp(inputs),
    PortType: protocol,
    ContainerHostname: inputs.hostname,
    ContainerID: inputs.id,
    ...dialect.origin,
  }
  const own = internal ? origin.ExposedIP : origin.HostIP
  const isUdp = protocol === 'udp'
  const id = `${host.name || bound}:${inputs.name}:${exposedPort}${isUdp ? ':udp' : ''}`
  return {
    ID: values.get('id') || id,
    Name: name,
    Port: numberOf(internal ? exposedPort : hostPort),
    IP: dialect.address(inputs, options.addressOf) ?? own,
    Tags: [
      ...dialect.tags(values.get('tags') ?? ''),
      ...dialect.tags(inputs.tags),
      ...(isUdp ? ['udp'] : []),
    ],
    Attrs: Object.fromEntries([...values].filter(([key]) => !OWN.has(key))),
    TTL: options.ttl,
    Origin: origin,
  }
}

/** Metadata that have their own place in a service. */
const OWN = new Set(['id', 'name', 'tags'])

/** `registry:5000/a/b:1.2` -> `b`; an image without a name is its digest's algorithm. */
function imageBase(image: string): string {
  const last = image.replace(/\/+$/, '').split('/').at(-1)!
  return last.split(':')[0]!
}

const numberOf = (text: string): number => (/^[+-]?\d{1,15}$/.test(text) ? Number(text) : 0)

function byPort(a: OfferedPort, b: OfferedPort): number {
  return (
    numberOf(a.port.split('/')[0]!) - numberOf(b.port.split('/')[0]!) || (a.port < b.port ? -1 : 1)
  )
}
