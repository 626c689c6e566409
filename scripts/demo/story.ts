import { actionDetail, actionName } from '../../src/model/docker-event.ts'
import type { Entry, Record } from '../../src/model/entry.ts'
import { millisFromNanos, type Nanoseconds } from '../../src/model/time.ts'

/** One end of a container's process, and what the entries before it say of the reason. */
interface Death {
  readonly code: string
  readonly ranMs: number
  readonly reason: string
}

/** What became of one container, as its entries tell it. */
export interface Story {
  /** Its last name. */
  readonly name: string
  readonly image: string
  readonly deaths: readonly Death[]
  /** Whatever else is worth a word. */
  readonly notes: readonly string[]
}

type Draft = {
  -readonly [K in keyof Story]: Story[K] extends readonly (infer T)[] ? T[] : Story[K]
} & {
  readonly id: string
  startedAt?: Nanoseconds
  sickSince?: Nanoseconds
  command: string
  tried: boolean
  ranOutOfMemory: string | undefined
  readonly signals: { readonly name: string; readonly time: Nanoseconds }[]
}

/** The stories of all containers, in the order of their first entry. */
export function storiesOf(entries: readonly Entry[]): readonly Story[] {
  const drafts = new Map<string, Draft>()
  for (const entry of entries) {
    if (entry.kind !== 'record') continue
    const { type, actorId, attributes } = entry.event
    const tried = drafts.get(attributes['container'] ?? '')
    if (type === 'network' && entry.event.action === 'connect' && tried) tried.tried = true
    if (type !== 'container' || actorId === '') continue
    const draft = drafts.get(actorId) ?? begin(entry)
    drafts.set(actorId, draft)
    tell(draft, entry)
  }
  return [...drafts.values()].map(end)
}

const begin = ({ event, container }: Record): Draft => ({
  id: event.actorId,
  name: event.attributes['name'] ?? event.actorId.slice(0, 12),
  image: event.attributes['image'] ?? '',
  deaths: [],
  notes: [],
  command: container?.command.join(' ') ?? '',
  tried: false,
  ranOutOfMemory: undefined,
  signals: [],
})

const SIGNALS: { readonly [number: string]: string } = { 1: 'SIGHUP', 9: 'SIGKILL', 15: 'SIGTERM' }

function tell(draft: Draft, { event, time, container }: Record): void {
  const { attributes } = event
  switch (actionName(event.action)) {
    case 'start':
      draft.startedAt = time
      return
    case 'rename':
      draft.name = attributes['name'] ?? draft.name
      draft.notes.push(`was called ${(attributes['oldName'] ?? '').slice(1)} at first`)
      return
    case 'oom':
      draft.ranOutOfMemory = `out of memory: its limit is ${Math.round((container?.limits.memoryBytes ?? 0) / 1024 ** 2)} MiB`
      return
    case 'kill': {
      const name = SIGNALS[attributes['signal'] ?? ''] ?? `signal ${attributes['signal']}`
      draft.signals.push({ name, time })
      return
    }
    case 'health_status':
      health(draft, actionDetail(event.action), time)
      return
    case 'die':
      draft.deaths.push({
        code: attributes['exitCode'] ?? '?',
        ranMs: millisFromNanos(time - (draft.startedAt ?? time)),
        reason: reasonOf(draft, time),
      })
      draft.signals.length = 0
      draft.ranOutOfMemory = undefined
  }
}

function health(draft: Draft, status: string, time: Nanoseconds): void {
  if (status === 'unhealthy') draft.sickSince = time
  else if (draft.sickSince !== undefined) {
    draft.notes.push(`was unhealthy for ${seconds(millisFromNanos(time - draft.sickSince))}`)
    delete draft.sickSince
  }
}

/** The exit code alone does not say who did it; what happened before does. */
function reasonOf(draft: Draft, time: Nanoseconds): string {
  const { ranOutOfMemory, signals } = draft
  if (ranOutOfMemory !== undefined) return ranOutOfMemory
  const term = signals.find(({ name }) => name === 'SIGTERM')
  const killed = signals.some(({ name }) => name === 'SIGKILL')
  if (term !== undefined && killed) {
    const waited = seconds(millisFromNanos(time - term.time))
    return `asked to stop by SIGTERM, did not heed it, killed after ${waited}`
  }
  if (killed) return 'somebody sent SIGKILL'
  return term === undefined ? '' : 'stopped by SIGTERM'
}

function end(draft: Draft): Story {
  const { name, image, deaths, notes, tried, command, startedAt } = draft
  if (startedAt === undefined) {
    notes.push(tried ? `could not be started: ${command}` : 'was made and removed, never started')
  }
  return { name, image, deaths, notes }
}

/** `0.3 s` */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
