import type { PortFacts } from '../model/container-facts.ts'
import { child, objectOf, text } from './json.ts'
import type { Json } from './json.ts'

/**
 * Ports of a container: as bound by the engine (`NetworkSettings.Ports`), where it is not running
 * as configured (`HostConfig.PortBindings`), then those only exposed (`Config.ExposedPorts`).
 */
export function portFacts(inspect: Json): PortFacts[] {
  const bound = child(child(inspect, 'NetworkSettings'), 'Ports')
  const configured = child(child(inspect, 'HostConfig'), 'PortBindings')
  const exposed = child(child(inspect, 'Config'), 'ExposedPorts')
  const names = new Set([bound, configured, exposed].flatMap((ports) => Object.keys(ports)))
  return [...names].flatMap((port) => {
    const bindings = [bindingsOf(bound, port), bindingsOf(configured, port)]
    const known = bindings.find((some) => some.length > 0)
    return known === undefined ? [{ port }] : known.map((binding) => portOf(port, binding))
  })
}

function bindingsOf(ports: Json, port: string): Json[] {
  const bindings = ports[port]
  return Array.isArray(bindings) ? bindings.map(objectOf) : []
}

function portOf(port: string, binding: Json): PortFacts {
  const hostIp = text(binding, 'HostIp')
  const hostPort = text(binding, 'HostPort')
  return {
    port,
    ...(hostIp === '' ? {} : { hostIp }),
    ...(hostPort === '' ? {} : { hostPort }),
  }
}
