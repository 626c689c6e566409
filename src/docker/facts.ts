import type {
  ContainerFacts,
  HealthCheckFacts,
  ImageFacts,
  LimitFacts,
  MountFacts,
  NetworkFacts,
  StateFacts,
} from '../model/container-facts.ts'
import { parseNanos, type Nanoseconds } from '../model/time.ts'
import { boolean, child, list, number, objectOf, text, texts, textMap } from './json.ts'
import type { Json } from './json.ts'
import { portFacts } from './port-facts.ts'

/**
 * An engine's inspect answer -> facts. Any field may be missing or of another type: it is then
 * empty, never an error. Of environment variables only the names are taken (P11).
 *
 * @param inspect parsed JSON of `GET /containers/{id}/json`
 * @returns `undefined` where this is no answer about a container
 */
export function containerFacts(inspect: unknown): ContainerFacts | undefined {
  const root = objectOf(inspect)
  const id = text(root, 'Id')
  if (id === '') return undefined
  const config = child(root, 'Config')
  const host = child(root, 'HostConfig')
  const created = moment(root, 'Created')
  const healthCheck = healthCheckFacts(config)
  const restart = child(host, 'RestartPolicy')
  return {
    id,
    name: text(root, 'Name').replace(/^\//, ''),
    image: imageFacts(root, config),
    labels: textMap(config, 'Labels'),
    command: commandOf(root),
    ...(created === undefined ? {} : { created }),
    hostname: text(config, 'Hostname'),
    state: stateFacts(root),
    ports: portFacts(root),
    networkMode: text(host, 'NetworkMode'),
    networks: networkFacts(child(root, 'NetworkSettings')),
    mounts: list(root, 'Mounts').map(mountFacts),
    limits: limitFacts(host),
    restartPolicy: {
      name: text(restart, 'Name'),
      maximumRetryCount: number(restart, 'MaximumRetryCount'),
    },
    ...(healthCheck === undefined ? {} : { healthCheck }),
    privileged: boolean(host, 'Privileged'),
    autoRemove: boolean(host, 'AutoRemove'),
    capAdd: texts(host, 'CapAdd'),
    hostNamespaces: NAMESPACES.filter(([, mode]) => text(host, mode) === 'host').map(
      ([name]) => name,
    ),
    envNames: envNames(config),
  }
}

function commandOf(root: Json): string[] {
  const path = text(root, 'Path')
  return path === '' ? texts(root, 'Args') : [path, ...texts(root, 'Args')]
}

/** Podman's `Image` is the bare digest; Docker's has its algorithm. */
function imageFacts(root: Json, config: Json): ImageFacts {
  const id = text(root, 'Image')
  return {
    name: text(config, 'Image') || text(root, 'ImageName'),
    id: /^[0-9a-f]{64}$/.test(id) ? `sha256:${id}` : id,
  }
}

function stateFacts(root: Json): StateFacts {
  const state = child(root, 'State')
  const startedAt = moment(state, 'StartedAt')
  const finishedAt = moment(state, 'FinishedAt')
  const health = text(child(state, 'Health'), 'Status')
  return {
    status: text(state, 'Status'),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
    exitCode: number(state, 'ExitCode'),
    oomKilled: boolean(state, 'OOMKilled'),
    error: text(state, 'Error'),
    restartCount: number(root, 'RestartCount'),
    ...(health === '' || health === 'none' ? {} : { health }),
  }
}

function networkFacts(settings: Json): NetworkFacts[] {
  return Object.entries(child(settings, 'Networks')).map(([name, value]) => {
    const network = objectOf(value)
    const ipv4 = text(network, 'IPAddress')
    const ipv6 = text(network, 'GlobalIPv6Address')
    const mac = text(network, 'MacAddress')
    return {
      name,
      ...(ipv4 === '' ? {} : { ipv4 }),
      ...(ipv6 === '' ? {} : { ipv6 }),
      ...(mac === '' ? {} : { mac }),
    }
  })
}

/** By the members of inspect's answer that say so. */
const NAMESPACES = [
  ['ipc', 'IpcMode'],
  ['network', 'NetworkMode'],
  ['pid', 'PidMode'],
  ['user', 'UsernsMode'],
  ['uts', 'UTSMode'],
] as const

/** A volume's source is its name, which is what people gave it. */
function mountFacts(value: unknown): MountFacts {
  const mount = objectOf(value)
  return {
    type: text(mount, 'Type'),
    source: text(mount, 'Name') || text(mount, 'Source'),
    destination: text(mount, 'Destination'),
    readOnly: mount['RW'] === false,
  }
}

/** A CPU quota is told in the same unit as `NanoCpus`: billionths of a CPU. */
function limitFacts(host: Json): LimitFacts {
  const quota = number(host, 'CpuQuota')
  const period = number(host, 'CpuPeriod') || 100_000
  const fromQuota = quota > 0 ? Math.round((quota / period) * 1e9) : 0
  const [swap, reservation] = [number(host, 'MemorySwap'), number(host, 'MemoryReservation')]
  const [shares, cpuset] = [number(host, 'CpuShares'), text(host, 'CpusetCpus')]
  return {
    memoryBytes: Math.max(0, number(host, 'Memory')),
    nanoCpus: number(host, 'NanoCpus') || fromQuota,
    pids: Math.max(0, number(host, 'PidsLimit')),
    ...(swap === 0 ? {} : { memorySwapBytes: Math.max(-1, swap) }),
    ...(reservation > 0 ? { memoryReservationBytes: reservation } : {}),
    ...(shares > 0 ? { cpuShares: shares } : {}),
    ...(cpuset === '' ? {} : { cpuset }),
  }
}

function healthCheckFacts(config: Json): HealthCheckFacts | undefined {
  const test = texts(child(config, 'Healthcheck'), 'Test')
  if (test.length === 0) return undefined
  const shell = texts(config, 'Shell')
  return { test, shell: shell.length > 0 ? shell : ['/bin/sh', '-c'] }
}

function envNames(config: Json): string[] {
  const names = texts(config, 'Env').map((entry) => entry.split('=', 1)[0]!)
  return [...new Set(names)].sort()
}

/** Go's zero time (year 1) means "never". */
function moment(of: Json, name: string): Nanoseconds | undefined {
  const nanos = parseNanos(text(of, name))
  return nanos === undefined || nanos <= 0n ? undefined : nanos
}
