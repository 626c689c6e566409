import { markerOf } from '../../src/model/entry-factory.ts'
import type { Marker, Sequenced } from '../../src/model/entry.ts'
import type { Service } from '../../src/profiles/service.ts'

export const plainService: Service = {
  ID: 'vm:web:80',
  Name: 'nginx',
  Port: 8080,
  IP: '192.0.2.1',
  Tags: [],
  Attrs: {},
  TTL: 0,
  Origin: {
    HostPort: '8080',
    HostIP: '192.0.2.1',
    ExposedPort: '80',
    ExposedIP: '172.17.0.2',
    PortType: 'tcp',
    ContainerHostname: 'c0ffee',
    ContainerID: 'c1',
  },
}

/** A service's marker as it stands in the journal. */
export function serviceMarker(
  seq: number,
  changes: Partial<Service> = {},
  action: 'start' | 'stop' = 'start',
): Sequenced<Marker> {
  const service = { ...plainService, ...changes }
  const data = { name: service.Name, service: JSON.stringify(service) }
  const time = 1_795_358_966_123_456_789n + BigInt(seq) * 1_000_000_000n
  return { ...markerOf({ time, marker: `service-${action}`, data }), seq }
}
