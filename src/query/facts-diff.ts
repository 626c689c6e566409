import type { ContainerFacts } from '../model/container-facts.ts'
import { lengthOfBytes } from './bytes.ts'

/** What is another in the second of two containers of one lineage, for people: `image a -> b`. */
export function factsDiff(before: ContainerFacts, after: ContainerFacts): string[] {
  return [
    ...changed('image', before.image.name, after.image.name),
    ...(before.image.name === after.image.name && before.image.id !== after.image.id
      ? [
          `${after.image.name} is another image: ${short(before.image.id)} -> ${short(after.image.id)}`,
        ]
      : []),
    ...changed('command', before.command.join(' '), after.command.join(' ')),
    ...sets('environment', before.envNames, after.envNames),
    ...sets('ports', before.ports.map(portText), after.ports.map(portText)),
    ...sets('mounts', before.mounts.map(mountText), after.mounts.map(mountText)),
    ...changed(
      'memory limit',
      lengthOfBytes(before.limits.memoryBytes),
      lengthOfBytes(after.limits.memoryBytes),
    ),
    ...changed('CPU limit', cpus(before), cpus(after)),
    ...changed('process limit', limit(before.limits.pids), limit(after.limits.pids)),
    ...changed('restart policy', before.restartPolicy.name, after.restartPolicy.name),
    ...changed('privileged', String(before.privileged), String(after.privileged)),
    ...sets('capabilities', before.capAdd, after.capAdd),
    ...changed('network mode', before.networkMode, after.networkMode),
    ...sets('host namespaces', before.hostNamespaces, after.hostNamespaces),
  ]
}

const changed = (what: string, before: string, after: string): string[] =>
  before === after ? [] : [`${what} ${before || 'none'} -> ${after || 'none'}`]

function sets(what: string, before: readonly string[], after: readonly string[]): string[] {
  const gone = before.filter((each) => !after.includes(each)).map((each) => `-${each}`)
  const come = after.filter((each) => !before.includes(each)).map((each) => `+${each}`)
  return gone.length + come.length === 0 ? [] : [`${what} ${[...gone, ...come].join(' ')}`]
}

const short = (id: string): string => id.replace(/^sha256:/, '').slice(0, 12)
const limit = (value: number): string => (value === 0 ? '' : String(value))
const cpus = ({ limits }: ContainerFacts): string => limit(limits.nanoCpus / 1e9)

const portText = ({ port, hostIp, hostPort }: ContainerFacts['ports'][number]): string =>
  hostPort === undefined
    ? port
    : `${hostIp === undefined || hostIp === '' ? '' : `${hostIp}:`}${hostPort}->${port}`

const mountText = ({ source, destination, readOnly }: ContainerFacts['mounts'][number]): string =>
  `${source}:${destination}${readOnly ? ':ro' : ''}`
