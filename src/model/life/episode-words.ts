import type { Record } from '../entry.ts'
import type { Nanoseconds } from '../time.ts'
import type { Life, Run } from './life.ts'

const SECOND = 1_000_000_000n

/** Nothing more is expected so long behind a container's last event... */
const LINGER = SECOND
/** ...behind an end that was asked for, as of a restart, and where a kernel's kill may follow its `oom`... */
const SOON = 2n * SECOND
/** ...where what follows was begun: its network was connected, or is gone already (Docker 28)... */
const UNDER_WAY = 3n * SECOND
/** ...and where it was asked to end, for Docker's own 10 s and a moment. */
const GRACE = 11n * SECOND

const STORY: ReadonlySet<string> = new Set([
  'create', 'start', 'die', 'kill', 'stop', 'restart', 'oom', 'destroy', 'remove', 'snapshot',
]) // prettier-ignore

/** What comes with them: Podman's `init` and `cleanup`, and what an attached terminal causes. */
const WITH: ReadonlySet<string> = new Set(['init', 'cleanup', 'attach', 'resize'])

const ENDS: ReadonlySet<number | undefined> = new Set([2, 3, 9, 15, undefined])

/** The container a record speaks of; of networks and volumes too, as they come to it and go. */
export function containerOf({ event }: Record): string | undefined {
  if (event.type === 'container') return event.actorId === '' ? undefined : event.actorId
  return isJoint(event) ? event.attributes['container'] : undefined
}

const isJoint = ({ type, action }: Record['event']): boolean =>
  (type === 'network' && (action === 'connect' || action === 'disconnect')) ||
  (type === 'volume' && (action === 'mount' || action === 'unmount'))

/** Whether it tells, by itself, of a container's beginning or end. */
export const isStory = ({ event }: Record): boolean =>
  event.type === 'container' && STORY.has(event.action)

/** Whether it is a part of one. */
export const isPart = (record: Record): boolean =>
  record.origin !== 'snapshot' &&
  (isStory(record) ||
    isJoint(record.event) ||
    (record.event.type === 'container' && WITH.has(record.event.action)))

/** Whether its end was asked for. Podman's `restart` stands before the end it causes. */
export const isAsked = ({ kills, stop, restart, startedBy }: Run): boolean =>
  stop !== undefined ||
  kills.some(({ signal }) => ENDS.has(signal)) ||
  (restart !== undefined && startedBy !== 'restart')

/** Whether an end that was seen was asked for. */
export const wasAsked = (run: Run): boolean => isAsked(run) || run.restart !== undefined

/** How long more of the same may come behind it, in ns; in any engine's order. */
export function waitBehind({ event }: Record, { run, unsettled, removedAt }: Life): Nanoseconds {
  if (removedAt !== undefined) return LINGER
  const { action } = event
  if (run !== undefined) {
    if (isAsked(run)) return GRACE
    if (action === 'oom') return SOON
    return action === 'disconnect' || action === 'unmount' ? UNDER_WAY : LINGER
  }
  const last = unsettled.at(-1)
  const isPodman = last?.death?.isPodman === true
  if (isPodman && last?.restart !== undefined) return GRACE
  if (PREPARES.has(action) || (isPodman && action === 'die')) return UNDER_WAY
  return last !== undefined && wasAsked(last) ? SOON : LINGER
}

/** A start follows. */
const PREPARES: ReadonlySet<string> = new Set(['connect', 'mount', 'init'])
