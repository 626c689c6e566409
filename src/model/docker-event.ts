import type { Nanoseconds } from './time.ts'

/**
 * One event as the engine sent it. `line` is the engine's own JSON text, so that unknown fields and
 * exact numbers are kept; the other fields are read from it.
 */
export interface DockerEvent {
  /** `container`, `image`, `network`, ...; unknown types pass through. */
  readonly type: string
  /** As sent, so `exec_create: sh -c date` keeps its command. */
  readonly action: string
  /** Container id, image reference, volume name, ...; empty for prune events. */
  readonly actorId: string
  /** The engine's own attributes and the container's labels, mixed as the engine mixes them. */
  readonly attributes: Readonly<Record<string, string>>
  /** `local` or `swarm`; absent where the engine did not say. */
  readonly scope?: string
  readonly time: Nanoseconds
  readonly line: string
}

/** `exec_create: sh -c date` -> `exec_create`; `health_status: healthy` -> `health_status`. */
export function actionName(action: string): string {
  const colon = action.indexOf(':')
  return colon < 0 ? action : action.slice(0, colon)
}

/** What follows the colon of an action: an exec's command line, a health status; else empty. */
export function actionDetail(action: string): string {
  const colon = action.indexOf(':')
  return colon < 0 ? '' : action.slice(colon + 1).trim()
}
