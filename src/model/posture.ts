import type { ContainerFacts } from './container-facts.ts'

/** Something about how a container is run that an auditor asks about. */
export interface Posture {
  readonly what: string
  /** Of this container: `SYS_ADMIN`, `/var/run/docker.sock`. */
  readonly detail: string
  readonly severity: 'high' | 'medium' | 'low'
  /** The recommendation of the CIS Docker Benchmark 1.5.0; absent where it has none. */
  readonly cis?: string
}

/** Sockets by which a container rules the engine, and so the host. */
const ENGINE_SOCKET = /(?:^|\/)(?:docker|podman|containerd)\.sock$/

/** Sections of the benchmark for namespaces that are shared with the host. */
const NAMESPACES: { readonly [name: string]: string } = {
  network: '5.9',
  pid: '5.15',
  ipc: '5.16',
  uts: '5.20',
  user: '5.30',
}

/** What inspect says that an auditor looks for, the worst first. */
export function postureOf(facts: ContainerFacts): Posture[] {
  const { privileged, mounts, hostNamespaces, capAdd, limits, image } = facts
  const found: Posture[] = []
  if (privileged) {
    found.push({
      what: 'privileged',
      detail: 'all capabilities and devices',
      severity: 'high',
      cis: '5.4',
    })
  }
  for (const { source, destination } of mounts) {
    if (!ENGINE_SOCKET.test(source) && !ENGINE_SOCKET.test(destination)) continue
    found.push({ what: 'engine socket mounted', detail: source, severity: 'high', cis: '5.31' })
  }
  for (const name of hostNamespaces) {
    const cis = NAMESPACES[name]
    found.push({
      what: 'host namespace shared',
      detail: name,
      severity: name === 'network' ? 'medium' : 'high',
      ...(cis === undefined ? {} : { cis }),
    })
  }
  for (const name of capAdd) {
    found.push({ what: 'capability added', detail: name, severity: 'medium', cis: '5.3' })
  }
  if (limits.memoryBytes === 0) {
    found.push({ what: 'no memory limit', detail: '', severity: 'low', cis: '5.10' })
  }
  if (isLatest(image.name)) {
    found.push({ what: 'image not pinned', detail: image.name, severity: 'low' })
  }
  return found
}

/** `web`, `web:latest`, `host:5000/web`: what it is may be another image tomorrow. */
function isLatest(name: string): boolean {
  if (name === '' || name.includes('@') || /^(?:sha256:)?[0-9a-f]{64}$/.test(name)) return false
  const tag = /:([^:/]+)$/.exec(name)?.[1]
  return tag === undefined || tag === 'latest'
}
