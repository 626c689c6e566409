import { isExpected } from '../../model/life/sentence.ts'
import type { EcsSource } from './ecs-source.ts'

/** ECS `event.kind`. */
export function eventKind({ record, gap, marker, alert }: EcsSource): string {
  if (alert !== undefined) return 'alert'
  if (record !== undefined) return record.origin === 'snapshot' ? 'state' : 'event'
  return gap !== undefined || marker?.marker === 'line-undecodable' ? 'pipeline_error' : 'event'
}

/**
 * ECS `event.outcome`. The engine tells of successes only, so an action as such succeeded; a
 * process that ended, and a probe of health, have an outcome of their own.
 */
export function eventOutcome(source: EcsSource): string | undefined {
  const { record, gap, life, action, detail, end } = source
  if (gap !== undefined) return gap.certainty === 'certain' ? 'failure' : 'unknown'
  if (life?.cause === 'unknown') return 'unknown'
  if (life !== undefined) return isExpected(life.cause) ? 'success' : 'failure'
  if (record === undefined || record.origin === 'snapshot') return undefined
  switch (action) {
    case 'die':
    case 'exec_die':
      return end.exitCode === undefined ? 'unknown' : end.exitCode === 0 ? 'success' : 'failure'
    case 'oom':
      return 'failure'
    case 'health_status':
      return detail === 'healthy' ? 'success' : detail === 'unhealthy' ? 'failure' : 'unknown'
    default:
      return 'success'
  }
}

/** ECS `event.reason`: only what was told, nothing inferred from an exit code. */
export function eventReason({ gap, life, finding, action, event, record, end, facts }: EcsSource) {
  if (gap !== undefined) return gap.cause
  if (life !== undefined) return life.cause
  if (finding !== undefined) return finding.finding
  if (record === undefined || event === undefined) return undefined
  if (action === 'oom') return 'memory limit reached'
  if (action === 'die' && end.state !== undefined) {
    if (facts!.state.oomKilled) return 'memory limit reached'
    return facts!.state.error === '' ? undefined : facts!.state.error
  }
  if (action === 'kill' && record.flags.length === 0 && event.attributes['signal'] !== undefined) {
    return `signal ${event.attributes['signal']}`
  }
  return undefined
}
