import { isIP } from 'node:net'
import type { NetworkFacts, PortFacts } from '../../model/container-facts.ts'
import type { Nanoseconds } from '../../model/time.ts'
import type { EcsField } from './ecs-fields.ts'
import { instantOf } from './instant.ts'

export const dockerFields: readonly EcsField[] = [
  {
    field: 'docker.event.type',
    type: 'keyword',
    description: 'container, image, network, volume, ...',
    value: ({ event }) => event?.type,
  },
  {
    field: 'docker.event.action',
    type: 'keyword',
    description: 'As the engine wrote it, with its detail',
    value: ({ event }) => event?.action,
  },
  {
    field: 'docker.event.scope',
    type: 'keyword',
    description: 'local or swarm',
    value: ({ event }) => event?.scope,
  },
  {
    field: 'docker.event.time_nano',
    type: 'keyword',
    description: "The engine's own time in nanoseconds, as text so that no digit is lost",
    value: ({ event }) => (event === undefined ? undefined : String(event.time)),
  },
  {
    field: 'docker.event.actor.id',
    type: 'keyword',
    description: "The object's id: a container's, a network's, an image's reference, ...",
    value: ({ event }) => (event?.actorId === '' ? undefined : event?.actorId),
  },
  {
    field: 'docker.event.actor.attributes',
    type: 'flattened',
    description: "The engine's attributes and the object's labels, mixed as the engine mixes them",
    value: ({ event }) => event?.attributes,
  },
  {
    field: 'docker.engine.id',
    type: 'keyword',
    description: 'Which engine',
    value: ({ entry }) => entry.engine?.id,
  },
  {
    field: 'docker.engine.version',
    type: 'keyword',
    description: "The engine's version",
    value: ({ entry }) => entry.engine?.version,
  },
  {
    field: 'docker.engine.api_version',
    type: 'keyword',
    description: 'The dialect spoken with the engine',
    value: ({ entry }) => entry.engine?.apiVersion,
  },
  {
    field: 'docker.container.created',
    type: 'date_nanos',
    description: 'When the container was created',
    value: ({ facts }) => timeText(facts?.created),
  },
  {
    field: 'docker.container.command',
    type: 'keyword',
    description: "The container's command: path and arguments",
    value: ({ facts }) => facts?.command,
  },
  {
    field: 'docker.container.hostname',
    type: 'keyword',
    description: "The container's own host name",
    value: ({ facts }) => facts?.hostname,
  },
  {
    field: 'docker.container.state.status',
    type: 'keyword',
    description: 'created, running, paused, restarting, removing, exited or dead, when inspected',
    value: ({ facts }) => facts?.state.status,
  },
  {
    field: 'docker.container.state.started_at',
    type: 'date_nanos',
    description: 'When its latest life began',
    value: ({ facts }) => timeText(facts?.state.startedAt),
  },
  {
    field: 'docker.container.state.finished_at',
    type: 'date_nanos',
    description: 'When its latest life ended',
    value: ({ facts }) => timeText(facts?.state.finishedAt),
  },
  {
    field: 'docker.container.state.exit_code',
    type: 'long',
    description: 'As inspect said it; of the life before while the container runs',
    value: ({ facts }) => facts?.state.exitCode,
  },
  {
    field: 'docker.container.state.oom_killed',
    type: 'boolean',
    description: 'Whether the kernel killed a process of it for memory',
    value: ({ facts }) => facts?.state.oomKilled,
  },
  {
    field: 'docker.container.state.error',
    type: 'keyword',
    description: 'Why the latest start failed',
    value: ({ facts }) => (facts?.state.error === '' ? undefined : facts?.state.error),
  },
  {
    field: 'docker.container.state.restart_count',
    type: 'long',
    description: 'Restarts by its restart policy',
    value: ({ facts }) => facts?.state.restartCount,
  },
  {
    field: 'docker.container.state.health',
    type: 'keyword',
    description: 'healthy, unhealthy or starting; absent without a health check',
    value: ({ facts }) => facts?.state.health,
  },
  {
    field: 'docker.container.ports',
    type: 'object',
    properties: { port: 'keyword', host_ip: 'ip', host_port: 'long' },
    description: 'Exposed ports, and where they are published',
    value: ({ facts }) => facts?.ports.map(portDocument),
  },
  {
    field: 'docker.container.network_mode',
    type: 'keyword',
    description: 'bridge, host, none, container:..., or a network',
    value: ({ facts }) => facts?.networkMode,
  },
  {
    field: 'docker.container.networks',
    type: 'object',
    properties: { name: 'keyword', ipv4: 'ip', ipv6: 'ip', mac: 'keyword' },
    description: 'Every network it is in, with its addresses',
    value: ({ facts }) => facts?.networks.map(networkDocument),
  },
  {
    field: 'docker.container.mounts',
    type: 'object',
    properties: {
      type: 'keyword',
      source: 'keyword',
      destination: 'keyword',
      read_only: 'boolean',
    },
    description: 'Volumes, binds and tmpfs',
    value: ({ facts }) =>
      facts?.mounts.map(({ type, source, destination, readOnly }) => ({
        type,
        source,
        destination,
        read_only: readOnly,
      })),
  },
  {
    field: 'docker.container.limits.memory_bytes',
    type: 'long',
    description: '0 means no limit',
    value: ({ facts }) => facts?.limits.memoryBytes,
  },
  {
    field: 'docker.container.limits.nano_cpus',
    type: 'long',
    description: 'Billionths of a CPU; 0 means no limit',
    value: ({ facts }) => facts?.limits.nanoCpus,
  },
  {
    field: 'docker.container.limits.pids',
    type: 'long',
    description: '0 means no limit',
    value: ({ facts }) => facts?.limits.pids,
  },
  {
    field: 'docker.container.restart_policy.name',
    type: 'keyword',
    description: 'no, always, unless-stopped or on-failure',
    value: ({ facts }) => facts?.restartPolicy.name,
  },
  {
    field: 'docker.container.restart_policy.maximum_retry_count',
    type: 'long',
    description: 'Of on-failure; 0 means no limit',
    value: ({ facts }) => facts?.restartPolicy.maximumRetryCount,
  },
  {
    field: 'docker.container.privileged',
    type: 'boolean',
    description: 'Whether the container runs with all capabilities and devices',
    value: ({ facts }) => facts?.privileged,
  },
  {
    field: 'docker.container.env_names',
    type: 'keyword',
    description: 'Names of its environment variables; values are never taken',
    value: ({ facts }) => facts?.envNames,
  },
]

const timeText = (time: Nanoseconds | undefined) =>
  time === undefined ? undefined : instantOf(time)

function portDocument({ port, hostIp, hostPort }: PortFacts) {
  return {
    port,
    ...(isAddress(hostIp) ? { host_ip: hostIp } : {}),
    ...(hostPort !== undefined && /^\d{1,5}$/.test(hostPort)
      ? { host_port: Number(hostPort) }
      : {}),
  }
}

function networkDocument({ name, ipv4, ipv6, mac }: NetworkFacts) {
  return {
    name,
    ...(isAddress(ipv4) ? { ipv4 } : {}),
    ...(isAddress(ipv6) ? { ipv6 } : {}),
    ...(mac === undefined || mac === '' ? {} : { mac }),
  }
}

/** What Elasticsearch would refuse as `ip` would cost the whole document. */
const isAddress = (text: string | undefined): boolean => text !== undefined && isIP(text) !== 0
