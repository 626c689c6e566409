/**
 * What the two old programs said of one port of one container. The names and the order of the fields
 * are those of the documents they wrote.
 */
export interface Service {
  readonly ID: string
  readonly Name: string
  readonly Port: number
  readonly IP: string
  readonly Tags: readonly string[]
  readonly Attrs: Readonly<{ [name: string]: string }>
  /** In seconds; 0 without `-ttl`. */
  readonly TTL: number
  readonly Origin: ServiceOrigin
}

/** The port a service stands for. */
interface ServiceOrigin {
  readonly HostPort: string
  readonly HostIP: string
  readonly ExposedPort: string
  readonly ExposedIP: string
  /** `tcp` or `udp`. */
  readonly PortType: string
  readonly ContainerHostname: string
  readonly ContainerID: string
  /** Only `registrator-7` has it, always empty. */
  readonly ContainerName?: string
}

/** What becomes one document. */
export interface Change {
  readonly action: 'start' | 'stop'
  readonly service: Service
}
