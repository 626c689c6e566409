import { LRUCache } from 'lru-cache'
import { filter, map, pipe, type MonoTypeOperatorFunction } from 'rxjs'
import { actionDetail, actionName } from '../model/docker-event.ts'
import type { Record } from '../model/entry.ts'
import { healthCheckText } from '../model/health-check.ts'
import type { Flowing } from './flow.ts'
import { skippedOf } from './skipped.ts'

/** Execs of so many health checks are remembered from their beginning to their end. */
const REMEMBERED_EXECS = 10_000

/**
 * Passes over the execs of a container's own health check: three events each few seconds that say
 * nothing; `health_status` tells when it changes.
 *
 *     source   e-x-y-z-|      exec_create, exec_start, exec_die of a health check; e is a person's
 *     output   e-s-s-s-|      s is a Skipped
 *
 * Recognised by the command text of `exec_create` and `exec_start`, which must be the one the facts
 * say (a person who runs the same command by hand looks the same); `exec_die` has no command and is
 * recognised by its execID. Where facts are missing, or the beginning was not seen, it is recorded.
 */
export function skipHealthChecks(): MonoTypeOperatorFunction<Flowing> {
  return (source) => {
    const execs = new LRUCache<string, true>({ max: REMEMBERED_EXECS })
    return source.pipe(
      map((value) =>
        value.kind === 'record' && isHealthCheck(value, execs)
          ? skippedOf(value, 'health-check')
          : value,
      ),
      pipe(filter((value) => value !== undefined)),
    )
  }
}

function isHealthCheck(record: Record, execs: LRUCache<string, true>): boolean {
  const { event, container } = record
  if (event.type !== 'container' || !event.action.startsWith('exec_')) return false
  const execId = event.attributes['execID']
  // A label named execID is in every event of its container and stands for no exec.
  const isForged = container !== undefined && Object.hasOwn(container.labels, 'execID')
  const exec = execId === undefined || isForged ? undefined : `${event.actorId} ${execId}`
  switch (actionName(event.action)) {
    case 'exec_create':
    case 'exec_start': {
      const check = container?.healthCheck
      if (check === undefined || actionDetail(event.action) !== healthCheckText(check)) return false
      if (exec !== undefined) execs.set(exec, true)
      return true
    }
    case 'exec_die':
      return exec !== undefined && execs.delete(exec)
    default:
      return false
  }
}
