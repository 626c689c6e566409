import type { Ended, Episode } from '../model/life/episode.ts'
import type { Cause, Note } from '../model/life/life.ts'
import { isExpected } from '../model/life/sentence.ts'
import { signalName } from '../model/signals.ts'
import { lengthText, type Nanoseconds } from '../model/time.ts'
import { entryLine, type EntryLine } from './entry-line.ts'
import { localClock } from './local-time.ts'

/** One line for what happened to a container in one go: what, why, with which code, after how long. */
export function episodeLine(episode: Episode): EntryLine {
  const { life, events, ended, began } = episode
  const last = ended.at(-1)
  const about = { subject: life.lineage.name, image: life.image }
  const line = (time: Nanoseconds, what: string, parts: readonly string[], tone: EntryLine['tone']) => ({
    clock: localClock(time),
    ...about,
    what,
    detail: parts.filter((part) => part !== '').join(' · '),
    tone,
  }) // prettier-ignore
  if (last !== undefined) {
    return line(endTime(last), headOf(ended), [...endParts(episode, last), ...after(episode, last)], toneOf(last)) // prettier-ignore
  }
  const has = (action: string): boolean => events.some(({ event }) => event.action === action)
  const hasCreated = has('create')
  const isGone = life.removedAt !== undefined
  if (began !== undefined) {
    const what = began.startedBy === 'restart' ? 'restarted' : 'started'
    const start = events.findLast(({ event }) => event.action === 'start')!
    const parts = [hasCreated ? 'created' : '', starter(began.startedBy), asked(episode)]
    return line(start.time, what, parts, 'good')
  }
  if (has('kill')) {
    const kill = events.find(({ event }) => event.action === 'kill')!
    const since = events.at(-1)!.time - kill.time
    const isRefused = life.run !== undefined && since >= 0n
    return line(kill.time, 'signal', [asked(episode), isRefused ? 'goes on' : ''], 'plain')
  }
  if (hasCreated) {
    return line(events[0]!.time, 'created', [isGone ? 'and removed, never started' : ''], 'plain')
  }
  if (isGone) return line(events.at(-1)!.time, 'removed', [], 'plain')
  return { ...entryLine(events.at(-1)!), subject: about.subject }
}

const endTime = ({ run: { death, goneBy } }: Ended): Nanoseconds => death?.time ?? goneBy ?? 0n

const words: { readonly [C in Cause]: string } = {
  completed: 'completed',
  crashed: 'crashed',
  oom: 'oom',
  stopped: 'stopped',
  'stop-timeout': 'stop-timeout',
  killed: 'killed',
  restarted: 'restarted',
  removed: 'removed',
  'start-failed': "can't start",
  daemon: 'ended',
  unknown: 'ended',
}

function headOf(ended: readonly Ended[]): string {
  const last = ended.at(-1)!
  const same = ended.filter(({ cause }) => cause === last.cause).length
  return same > 1 ? `${words[last.cause]} ${same}x` : words[last.cause]
}

/** Of an end nobody knows the cause of the code is what there is. */
function toneOf({ cause, run: { death } }: Ended): EntryLine['tone'] {
  if (cause === 'unknown') return death?.exitCode === 0 ? 'plain' : 'bad'
  return isExpected(cause) ? 'plain' : 'bad'
}

/** How, with which code, after how long. */
function endParts({ life, ended }: Episode, last: Ended): string[] {
  const { run } = last
  const { death, startedAt } = run
  const others = [...new Set(ended.map(({ cause }) => cause))].filter((each) => each !== last.cause)
  const ran = startedAt === undefined || death === undefined ? '' : lengthText(positive(death.time - startedAt)) // prettier-ignore
  return [
    ...others.map((cause) => `${cause} before`),
    how(last, life.memoryLimit),
    death?.exitCode === undefined || run.failure !== undefined ? '' : `exit ${death.exitCode}`,
    ran === '' || run.failure !== undefined ? '' : `ran ${ran}`,
  ]
}

const positive = (length: Nanoseconds): Nanoseconds => (length < 0n ? 0n : length)

function how(last: Ended, memoryLimit: number | undefined): string {
  const { cause, signal, run, notes } = last
  switch (cause) {
    case 'restarted':
    case 'stopped':
      return `by the API${signal === undefined ? '' : `, ${signalName(signal)}`}`
    case 'stop-timeout': {
      const [first, ...more] = run.kills
      const late = more.at(-1)
      const heed = first?.signal === undefined ? '' : `, did not heed ${signalName(first.signal)}`
      const length = first === undefined || late === undefined ? '' : ` for ${lengthText(late.time - first.time)}` // prettier-ignore
      return `by the API${heed}${length}`
    }
    case 'killed':
      return signal === undefined ? 'through the API' : `by ${signalName(signal)} through the API`
    case 'removed':
      return 'by force through the API'
    case 'oom':
      return memoryLimit === undefined ? 'out of memory' : `memory limit ${Math.round(memoryLimit / 1024 / 1024)} MiB` // prettier-ignore
    case 'start-failed':
      return run.failure ?? ''
    case 'daemon':
      return 'with the engine'
    case 'crashed':
      return signal === undefined ? '' : `by ${signalName(signal)}`
    case 'completed':
      return ''
    case 'unknown':
      return `cause unknown${run.death === undefined ? ', its end was not seen' : reasonOf(notes)}`
  }
}

const reasons: { readonly [N in Note]?: string } = {
  'trail-incomplete': 'events may have been lost',
  'began-before-the-trail': 'watched for too short a time',
  'podman-tells-little': 'Podman does not tell',
  'signal-not-told': 'Podman names no signal',
  'signal-shadowed': 'a label hides the signal',
  'code-shadowed': 'a label hides the code',
  'stopped-or-daemon': 'stopped, or the engine ended',
  'oom-long-before': 'an oom came long before',
  'evidence-filtered': 'the filter hides what led to it',
}

const reasonOf = (notes: readonly Note[]): string => {
  const said = notes.flatMap((note) => reasons[note] ?? [])
  return said.length === 0 ? '' : `: ${said.join(', ')}`
}

/** What came of it. */
function after({ life, began, events }: Episode, last: Ended): string[] {
  const end = endTime(last)
  if (began?.startedAt !== undefined) {
    const pause = lengthText(positive(began.startedAt - end))
    if (last.cause === 'restarted') return [`again after ${pause}`]
    const by = starter(began.startedBy)
    return [`started again${by === '' ? '' : ` ${by}`} after ${pause}`]
  }
  const isGone = life.removedAt !== undefined && events.some(isRemoval)
  return isGone && last.cause !== 'removed' ? ['removed'] : []
}

const isRemoval = ({ event }: Episode['events'][number]): boolean =>
  event.action === 'destroy' || event.action === 'remove'

const starter = (by: 'restart' | 'policy' | undefined): string =>
  by === undefined ? '' : by === 'policy' ? 'by its restart policy' : 'by the API'

/** What it was sent, and did not end of so far. */
function asked({ life, events }: Episode): string {
  const ids = new Set(events.map(({ id }) => id))
  const kills = (life.run?.kills ?? []).filter(({ id }) => ids.has(id))
  if (kills.length === 0) return ''
  const names = kills.map(({ signal }) => (signal === undefined ? 'a signal' : signalName(signal)))
  return `sent ${names.join(', ')} through the API`
}
