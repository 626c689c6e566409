import { lengthOfBytes } from './bytes.ts'
import type { ContainerFacts } from './container-facts.ts'

/** One thing that is another than before. */
export type FactChange = ValueChange | SetChange

export interface ValueChange {
  /** What `docker update` can change has the name of its option there: `memory`, `cpus`, `restart`. */
  readonly field: string
  readonly before: FactValue
  readonly after: FactValue
}

/**
 * `memory`, `memory-swap` and `memory-reservation` are bytes, `cpus` is in CPUs. 0 and an empty text are
 * none; -1 of `memory-swap` is no limit.
 */
export type FactValue = string | number

/** Of what a container may have several of: what is gone, and what has come. */
interface SetChange {
  readonly field: string
  readonly gone: readonly string[]
  readonly come: readonly string[]
}

/** What `docker update` can change, in the second of two answers about one container. */
export function updatedFacts(before: ContainerFacts, after: ContainerFacts): ValueChange[] {
  const [old, now] = [updatable(before), updatable(after)]
  return Object.keys(old).flatMap((field) => valueChange(field, old[field]!, now[field]!))
}

/** What is another in the second of two containers of one lineage. */
export function factsDiff(before: ContainerFacts, after: ContainerFacts): FactChange[] {
  return [
    ...valueChange('image', before.image.name, after.image.name),
    ...(before.image.name === after.image.name
      ? valueChange(`${after.image.name} is another image:`, short(before), short(after))
      : []),
    ...valueChange('command', before.command.join(' '), after.command.join(' ')),
    ...setChange('environment', before.envNames, after.envNames),
    ...setChange('ports', before.ports.map(portText), after.ports.map(portText)),
    ...setChange('mounts', before.mounts.map(mountText), after.mounts.map(mountText)),
    ...updatedFacts(before, after),
    ...valueChange('privileged', String(before.privileged), String(after.privileged)),
    ...setChange('capabilities', before.capAdd, after.capAdd),
    ...valueChange('network mode', before.networkMode, after.networkMode),
    ...setChange('host namespaces', before.hostNamespaces, after.hostNamespaces),
  ]
}

/** For people: `memory 64 MiB -> 128 MiB`, `mounts -data:/data +new:/data`. */
export function changeText(change: FactChange): string {
  const { field } = change
  return 'gone' in change
    ? [field, ...change.gone.map((each) => `-${each}`), ...change.come.map((each) => `+${each}`)].join(' ') // prettier-ignore
    : `${field} ${valueText(field, change.before)} -> ${valueText(field, change.after)}`
}

/** Those that there are, for people: `memory 64 MiB, restart no`. */
export function limitsText(facts: ContainerFacts): string {
  return Object.entries(updatable(facts))
    .filter(([, value]) => value !== 0 && value !== '')
    .map(([field, value]) => `${field} ${valueText(field, value)}`)
    .join(', ')
}

function updatable({
  limits,
  restartPolicy,
}: ContainerFacts): Readonly<{ [field: string]: FactValue }> {
  return {
    memory: limits.memoryBytes,
    'memory-swap': limits.memorySwapBytes ?? 0,
    'memory-reservation': limits.memoryReservationBytes ?? 0,
    cpus: limits.nanoCpus / 1e9,
    'cpu-shares': limits.cpuShares ?? 0,
    'cpuset-cpus': limits.cpuset ?? '',
    'pids-limit': limits.pids,
    restart: restartText(restartPolicy),
  }
}

/** As it is written for docker: `on-failure:3`. Without one an engine says `no`, or nothing. */
function restartText({ name, maximumRetryCount }: ContainerFacts['restartPolicy']): string {
  if (name === 'on-failure' && maximumRetryCount > 0) return `${name}:${maximumRetryCount}`
  return name === '' ? 'no' : name
}

function valueText(field: string, value: FactValue): string {
  if (value === 0 || value === '') return 'none'
  if (value === -1) return 'unlimited'
  const isBytes = typeof value === 'number' && field.startsWith('memory')
  return isBytes ? lengthOfBytes(value) : String(value)
}

const valueChange = (field: string, before: FactValue, after: FactValue): ValueChange[] =>
  before === after ? [] : [{ field, before, after }]

function setChange(
  field: string,
  before: readonly string[],
  after: readonly string[],
): SetChange[] {
  const gone = before.filter((each) => !after.includes(each))
  const come = after.filter((each) => !before.includes(each))
  return gone.length + come.length === 0 ? [] : [{ field, gone, come }]
}

const short = ({ image }: ContainerFacts): string => image.id.replace(/^sha256:/, '').slice(0, 12)

const portText = ({ port, hostIp, hostPort }: ContainerFacts['ports'][number]): string =>
  hostPort === undefined
    ? port
    : `${hostIp === undefined || hostIp === '' ? '' : `${hostIp}:`}${hostPort}->${port}`

const mountText = ({ source, destination, readOnly }: ContainerFacts['mounts'][number]): string =>
  `${source}:${destination}${readOnly ? ':ro' : ''}`
