import type { DockerEvent } from '../../src/model/docker-event.ts'

/** The text an engine would have sent for these fields. */
export function eventLine(event: Omit<DockerEvent, 'line'>): string {
  const { type, action, actorId, attributes, scope, time } = event
  const head = JSON.stringify({
    Type: type,
    Action: action,
    Actor: { ID: actorId, Attributes: attributes },
    ...(scope === undefined ? {} : { scope }),
    time: Number(time / 1_000_000_000n),
  })
  return `${head.slice(0, -1)},"timeNano":${time}}`
}
