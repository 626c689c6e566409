import type { ContainerFacts } from '../container-facts.ts'
import { actionDetail, actionName } from '../docker-event.ts'
import type { Record } from '../entry.ts'
import { healthCheckText } from '../health-check.ts'
import { outcomeOfLife } from '../life-end.ts'
import { REDACTED } from '../secret-texts.ts'
import type { Nanoseconds } from '../time.ts'

/**
 * Who ran a command in a container. `person`: somebody through the API, by hand or by a program; engines
 * record no more of them. `health-check`: its command is the one of the container's health check.
 * `unknown`: what the container's health check is was not known then, or is told with what was redacted.
 */
export const EXECUTORS = ['person', 'health-check', 'unknown'] as const
export type Executor = (typeof EXECUTORS)[number]

/** What one record says of an exec. */
export interface ExecWord {
  readonly says: 'create' | 'start' | 'die'
  readonly time: Nanoseconds
  /** Absent where none is told, and where a label may stand in its place. */
  readonly execId?: string
  /** Of `create` and `start`: as the journal has it, without secrets. */
  readonly command?: string
  readonly who: Executor
  /** Of `die`; absent where a label may stand in its place. */
  readonly exitCode?: number
  /** The agent's filter may keep its end out. */
  readonly isFiltered?: true
  readonly name: string
  readonly image: string
}

/** Podman's `exec` is a start, and its `exec_died` names no exec. */
const WORDS: ReadonlyMap<string, ExecWord['says']> = new Map([
  ['exec_create', 'create'],
  ['exec_start', 'start'],
  ['exec', 'start'],
  ['exec_die', 'die'],
])

/**
 * @param shadows label names of its container that stand in the place of the engine's own attributes
 * @returns `undefined` where the record says nothing of an exec
 */
export function execWordOf(record: Record, shadows: readonly string[]): ExecWord | undefined {
  const { event, container, time } = record
  if (event.type !== 'container' || !event.action.startsWith('exec')) return undefined
  const says = WORDS.get(actionName(event.action))
  if (says === undefined || event.actorId === '') return undefined
  const { execID, name, image } = event.attributes
  const isForged =
    shadows.includes('execID') ||
    (container !== undefined && Object.hasOwn(container.labels, 'execID'))
  const command = says === 'die' ? '' : actionDetail(event.action)
  const { exitCode } = outcomeOfLife(record, actionName(event.action))
  return {
    says,
    time,
    ...(isForged || execID === undefined || execID === '' ? {} : { execId: execID }),
    ...(command === '' ? {} : { command }),
    who: says === 'die' ? 'unknown' : executorOf(command, container),
    ...(exitCode === undefined || shadows.includes('exitCode') ? {} : { exitCode }),
    ...(record.flags.includes('evidence-filtered') ? { isFiltered: true } : {}),
    name: container?.name ?? name ?? '',
    image: container?.image.name ?? image ?? '',
  }
}

/** A person who runs the command of the health check looks like it. */
function executorOf(command: string, facts: ContainerFacts | undefined): Executor {
  if (facts === undefined) return 'unknown'
  const check = facts.healthCheck && healthCheckText(facts.healthCheck)
  if (check === undefined) return 'person'
  if (command === '') return 'unknown'
  if (command === check) return 'health-check'
  // The one is redacted as a text and the other by its arguments: they may have been the same.
  return command.includes(REDACTED) && check.includes(REDACTED) ? 'unknown' : 'person'
}
