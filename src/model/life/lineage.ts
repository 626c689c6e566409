/**
 * What people mean by "the api container", over all its recreations: the compose service and number,
 * the swarm service and slot, or the name.
 */
export interface Lineage {
  /** Unique on one engine. */
  readonly key: string
  /** For people: `shop/api 1`, `web.2`, `nginx`. */
  readonly name: string
  readonly project?: string
  readonly service?: string
}

type Labels = Readonly<{ [name: string]: string }>

const COMPOSE = 'com.docker.compose.'
const SWARM = 'com.docker.swarm.'

/** @param labels of the container, or an event's attributes, which have them too */
export function lineageOf(name: string, labels: Labels): Lineage {
  return ofSwarm(labels) ?? ofCompose(labels) ?? { key: `name:${name}`, name }
}

function ofCompose(labels: Labels): Lineage | undefined {
  const project = textOf(labels, `${COMPOSE}project`)
  const service = textOf(labels, `${COMPOSE}service`)
  if (project === undefined || service === undefined) return undefined
  const isOneOff = textOf(labels, `${COMPOSE}oneoff`)?.toLowerCase() === 'true'
  const number = isOneOff ? 'run' : (textOf(labels, `${COMPOSE}container-number`) ?? '1')
  const name = `${project}/${service} ${number}`
  return { key: JSON.stringify(['compose', project, service, number]), name, project, service }
}

/** A task's name is `service.slot.task-id`, or `service.node-id.task-id` for a global service. */
function ofSwarm(labels: Labels): Lineage | undefined {
  const service = textOf(labels, `${SWARM}service.name`)
  const task = textOf(labels, `${SWARM}task.name`)
  if (service === undefined || task === undefined || !task.startsWith(`${service}.`))
    return undefined
  const slot = task.slice(service.length + 1).split('.', 1)[0]!
  const stack = textOf(labels, 'com.docker.stack.namespace')
  return {
    key: JSON.stringify(['swarm', service, slot]),
    name: `${service}.${slot}`,
    service,
    ...(stack === undefined ? {} : { project: stack }),
  }
}

function textOf(labels: Labels, name: string): string | undefined {
  return Object.hasOwn(labels, name) && labels[name] !== '' ? labels[name] : undefined
}
