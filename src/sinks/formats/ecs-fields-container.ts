import type { EcsField } from './ecs-fields.ts'
import { orchestratorOf } from './orchestrator.ts'

export const containerFields: readonly EcsField[] = [
  {
    field: 'container.id',
    type: 'keyword',
    description: 'The full id; also of the container a network or volume event speaks of',
    value: ({ containerId }) => containerId,
  },
  {
    field: 'container.name',
    type: 'keyword',
    description: 'Without the leading slash, as it was at that moment',
    value: ({ containerName }) => containerName,
  },
  {
    field: 'container.image.name',
    type: 'keyword',
    description: 'As the user typed it, without tag and digest',
    value: ({ image }) => image?.name,
  },
  {
    field: 'container.image.tag',
    type: 'keyword',
    description: 'The tag the user typed',
    value: ({ image }) => (image?.tag === undefined ? undefined : [image.tag]),
  },
  {
    field: 'container.image.hash.all',
    type: 'keyword',
    description: "The image's digest, and the one the user pinned",
    value: ({ facts, image }) => {
      const hashes = [facts?.image.id, image?.digest].filter(
        (hash) => hash !== undefined && hash !== '',
      )
      return hashes.length === 0 ? undefined : hashes
    },
  },
  {
    field: 'container.labels',
    type: 'flattened',
    description: "The container's labels",
    value: ({ labels }) => labels,
  },
  {
    field: 'container.security_context.privileged',
    type: 'boolean',
    description: 'Whether the container runs with all capabilities and devices',
    value: ({ facts }) => facts?.privileged,
  },
  {
    field: 'orchestrator.type',
    type: 'keyword',
    description: 'compose or swarm, where labels say so',
    value: ({ labels }) => orchestratorOf(labels)?.type,
  },
  {
    field: 'orchestrator.namespace',
    type: 'keyword',
    description: "The compose project or the swarm's stack",
    value: ({ labels }) => orchestratorOf(labels)?.namespace,
  },
  {
    field: 'orchestrator.resource.type',
    type: 'keyword',
    description: 'Always service',
    value: ({ labels }) => orchestratorOf(labels) && 'service',
  },
  {
    field: 'orchestrator.resource.name',
    type: 'keyword',
    description: 'The service',
    value: ({ labels }) => orchestratorOf(labels)?.service,
  },
  {
    field: 'orchestrator.resource.id',
    type: 'keyword',
    description: "The swarm service's id",
    value: ({ labels }) => orchestratorOf(labels)?.serviceId,
  },
]
