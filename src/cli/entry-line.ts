import { styleText } from 'node:util'
import type { AlertEntry } from '../model/alert.ts'
import { actionDetail, actionName } from '../model/docker-event.ts'
import { countedGapOf } from '../model/counted-gap.ts'
import type { FindingEntry } from '../model/finding.ts'
import type { Entry, Gap, LifeEntry, Marker, Record } from '../model/entry.ts'
import { endPhrase, isExpected } from '../model/life/sentence.ts'
import { updateText } from '../model/update.ts'
import { localClock } from './local-time.ts'
import { printableText } from './output.ts'

/** One entry as a person reads it. */
export interface EntryLine {
  /** `14:02:10.902`, in the local zone. */
  readonly clock: string
  /** Whose event: container name, image, volume, ...; `auditor` for its own. */
  readonly subject: string
  /** What happened, in a word or two: `died 137`, `started`. */
  readonly what: string
  readonly detail: string
  /** The container's image; empty for other things. */
  readonly image: string
  readonly tone: 'good' | 'bad' | 'quiet' | 'plain' | 'warning'
}

export function entryLine(entry: Entry): EntryLine {
  const clock = localClock(entry.time)
  switch (entry.kind) {
    case 'record':
      return { clock, ...recordLine(entry) }
    case 'gap':
      return { clock, ...gapLine(entry) }
    case 'life':
      return { clock, ...lifeLine(entry) }
    case 'finding':
      return { clock, ...findingLine(entry) }
    case 'alert':
      return { clock, ...alertLine(entry) }
    case 'marker':
      return { clock, ...markerLine(entry) }
  }
}

type Line = Omit<EntryLine, 'clock'>

function recordLine(record: Record): Line {
  const { event } = record
  const { attributes } = event
  const isContainer = event.type === 'container'
  const subject = attributes['name'] ?? record.container?.name ?? shortId(event.actorId)
  const line = phrase(record)
  return {
    // A prune speaks of all of a type.
    subject: isContainer && subject !== '' ? subject : `${event.type} ${subject}`.trimEnd(),
    image: isContainer ? (attributes['image'] ?? '') : '',
    ...line,
    detail: [
      line.detail,
      inference(record),
      record.flags.includes('label-shadows-attribute') ? '(forged by a label?)' : '',
    ]
      .filter((part) => part !== '')
      .join(' '),
  }
}

/** It was not seen: it must have happened in between. */
function inference({ inferred }: Record): string {
  if (inferred === undefined) return ''
  const [earliest, latest] = [localClock(inferred.earliest), localClock(inferred.latest)]
  return `(inferred: ${earliest} to ${latest})`
}

/** The first 12 digits, as Docker shows ids; of an image's digest too. */
const shortId = (id: string): string => id.replace(/^sha256:/, '').slice(0, 12)

function phrase({
  event,
  origin,
  container,
  cause,
  update,
}: Record): Pick<Line, 'what' | 'detail' | 'tone'> {
  const name = actionName(event.action)
  const { attributes } = event
  if (origin === 'snapshot') {
    const { status = '', error = '' } = container?.state ?? {}
    return { what: 'exists', detail: [status, error].filter(Boolean).join(': '), tone: 'quiet' }
  }
  switch (name) {
    case 'die': {
      const code = attributes['exitCode'] ?? '?'
      return {
        what: `died ${code}`,
        detail: [exitMeaning(code), cause === undefined ? '' : `cause ${cause.cause}`]
          .filter((part) => part !== '')
          .join(' · '),
        tone: (cause === undefined ? code === '0' : isExpected(cause.cause)) ? 'plain' : 'bad',
      }
    }
    case 'oom':
      return { what: 'oom', detail: memoryLimit(container?.limits.memoryBytes), tone: 'bad' }
    case 'start':
      return { what: 'started', detail: '', tone: 'good' }
    case 'kill':
      return { what: 'kill', detail: signalName(attributes['signal']), tone: 'plain' }
    case 'health_status': {
      const status = actionDetail(event.action)
      return { what: 'health', detail: status, tone: status === 'healthy' ? 'good' : 'bad' }
    }
    case 'rename':
      return {
        what: 'renamed',
        detail: `was ${(attributes['oldName'] ?? '').slice(1)}`,
        tone: 'plain',
      }
    case 'update':
      return {
        what: 'update',
        detail: update === undefined ? '' : updateText(update, container),
        tone: 'plain',
      }
    case 'prune':
      return { what: 'pruned', detail: `${attributes['reclaimed'] ?? '?'} bytes`, tone: 'plain' }
    case 'connect':
    case 'disconnect':
      return { what: name, detail: shortId(attributes['container'] ?? ''), tone: 'plain' }
    case 'exec_create':
    case 'exec_start':
      return { what: name, detail: actionDetail(event.action), tone: 'quiet' }
    case 'exec_die':
      return { what: name, detail: `exit ${attributes['exitCode'] ?? '?'}`, tone: 'quiet' }
    default:
      return { what: past[name] ?? event.action, detail: '', tone: 'plain' }
  }
}

const past: { readonly [action: string]: string } = {
  create: 'created',
  destroy: 'removed',
  remove: 'removed',
  stop: 'stopped',
  restart: 'restarted',
  pause: 'paused',
  unpause: 'unpaused',
}

function gapLine(gap: Gap): Line {
  const count = gap.count === undefined ? 'events' : `${gap.count} events`
  const lost = gap.certainty === 'certain' ? `${count} lost` : `${count} may be lost`
  return {
    subject: 'auditor',
    what: 'GAP',
    detail: `${lost} between ${localClock(gap.from)} and ${localClock(gap.to)} (${gap.cause})`,
    image: '',
    tone: 'warning',
  }
}

function lifeLine(life: LifeEntry): Line {
  const { cause, container, lineage } = life
  return {
    subject: lineage.name,
    what: 'ended',
    detail: endPhrase(life),
    image: container.image,
    tone: isExpected(cause) ? 'plain' : 'bad',
  }
}

/** Its sentence begins with whom it is about, which stands in a column of its own. */
function findingLine({ finding, state, said, container, lineage }: FindingEntry): Line {
  return {
    subject: lineage.name,
    what: state === 'resolved' ? 'resolved' : finding,
    detail: said.replace(/^[^:]*: /, ''),
    image: container.image,
    tone: state === 'resolved' ? 'good' : state === 'opened' ? 'bad' : 'plain',
  }
}

function alertLine({ rule, state, group, said, container }: AlertEntry): Line {
  return {
    subject: group,
    what: state === 'firing' ? 'ALERT' : 'resolved',
    detail: `${rule}: ${said}`,
    image: container?.image ?? '',
    tone: state === 'firing' ? 'bad' : 'good',
  }
}

function markerLine(entry: Marker): Line {
  const { marker, data } = entry
  const counted = countedGapOf(entry)
  if (counted !== undefined) {
    const { from, to, count, cause } = counted
    const detail = `${count} events lost between ${localClock(from)} and ${localClock(to)} (${cause})`
    return { subject: 'auditor', what: marker, detail, image: '', tone: 'quiet' }
  }
  const detail = Object.entries(data)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
  return { subject: 'auditor', what: marker, detail, image: '', tone: 'quiet' }
}

const signals: { readonly [number: string]: string } = {
  '1': 'SIGHUP',
  '2': 'SIGINT',
  '3': 'SIGQUIT',
  '6': 'SIGABRT',
  '9': 'SIGKILL',
  '10': 'SIGUSR1',
  '11': 'SIGSEGV',
  '12': 'SIGUSR2',
  '13': 'SIGPIPE',
  '15': 'SIGTERM',
}

const signalName = (number: string | undefined): string =>
  number === undefined ? '' : (signals[number] ?? `signal ${number}`)

/** Only what the code itself says: 137 is SIGKILL, and not an OOM until the engine says so. */
function exitMeaning(code: string): string {
  if (code === '125' || code === '126' || code === '127') {
    return { 125: 'engine failed', 126: 'not executable', 127: 'no such command' }[code]
  }
  const signal = signals[String(Number(code) - 128)]
  return signal === undefined ? '' : `as by ${signal}`
}

function memoryLimit(bytes: number | undefined): string {
  if (bytes === undefined || bytes === 0) return 'no memory limit of its own'
  return `memory limit ${Math.round(bytes / 1024 / 1024)} MiB`
}

const tones = {
  good: 'green',
  bad: 'red',
  quiet: 'gray',
  plain: undefined,
  warning: 'yellow',
} as const

/** The line as `watch` prints it: fixed columns, coloured where the stream is a terminal. */
export const renderLine = (line: EntryLine, colour: boolean): string => render(line, colour, 48)

/** That of an episode, which has more to say. */
export const renderEpisode = (line: EntryLine, colour: boolean): string => render(line, colour, 200)

const DETAIL_COLUMN = 48

function render(line: EntryLine, colour: boolean, most: number): string {
  const cell = (text: string, width: number, limit = width): string => {
    const safe = printableText(text)
    return safe.length > limit ? `${safe.slice(0, limit - 1)}…` : safe.padEnd(width)
  }
  const what = cell(line.what, 12)
  const tone = colour ? tones[line.tone] : undefined
  const shown = tone === undefined ? what : styleText(tone, what, { validateStream: false })
  const detail = cell(line.detail, DETAIL_COLUMN, most)
  const columns = [line.clock, cell(line.subject, 24), shown, detail, cell(line.image, 0, 100)]
  return `${columns.join('  ').trimEnd()}\n`
}
