import { countedGapOf } from '../../model/counted-gap.ts'
import { lifeSentence } from '../../model/life/sentence.ts'
import { formatNanos } from '../../model/time.ts'
import { updateText } from '../../model/update.ts'
import type { EcsSource } from './ecs-source.ts'
import { classOf } from './event-classes.ts'

/** The longest detail (an exec's command line) a message repeats; the whole is in its own field. */
const MOST_DETAIL = 200

/** One sentence for people. */
export function messageOf(source: EcsSource): string {
  const { gap, marker, entry } = source
  if (gap !== undefined) {
    const count = gap.count === undefined ? 'events' : `${gap.count} events`
    const verb = gap.certainty === 'certain' ? 'were lost' : 'may have been lost'
    return `${count} ${verb} between ${formatNanos(gap.from)} and ${formatNanos(gap.to)}: ${gap.cause}`
  }
  const counted = countedGapOf(entry)
  if (counted !== undefined) {
    const { from, to, count, cause } = counted
    return `${count} events were lost between ${formatNanos(from)} and ${formatNanos(to)}: ${cause}`
  }
  if (marker !== undefined) return `auditor: ${marker.marker.replaceAll('-', ' ')}`
  if (entry.kind === 'finding') return entry.said
  if (entry.kind === 'alert') {
    const { rule, state, group, said } = entry
    return `alert ${rule} ${state}: ${group}: ${said}`
  }
  return entry.kind === 'life' ? lifeSentence(entry) : messageOfRecord(source)
}

function messageOfRecord(source: EcsSource): string {
  const { record, event, action } = source
  if (event === undefined) return ''
  const subject = subjectOf(source)
  if (record?.origin === 'snapshot') return `${subject} exists (${stateWord(source)})`
  const words = classOf(event.type, action).words
  if (words === '') return `${subject}: ${event.action}${inference(source)}`
  return `${subject} ${words}${addition(source)}${inference(source)}`
}

function inference({ record }: EcsSource): string {
  if (record?.inferred === undefined) return ''
  const { earliest, latest } = record.inferred
  return ` (inferred: between ${formatNanos(earliest)} and ${formatNanos(latest)})`
}

function subjectOf({ event, containerName, image }: EcsSource): string {
  const { type, actorId, attributes } = event!
  if (actorId === '') return type === 'builder' ? type : `${type}s`
  if (type !== 'container') return `${type} ${attributes['name'] ?? actorId}`
  const name = containerName ?? actorId.slice(0, 12)
  if (image === undefined) return `container ${name}`
  return `container ${name} (${image.tag === undefined ? image.name : `${image.name}:${image.tag}`})`
}

const stateWord = ({ facts, action }: EcsSource): string => facts?.state.status ?? action

function addition({ event, action, detail, end, record }: EcsSource): string {
  const { attributes } = event!
  switch (action) {
    case 'die':
    case 'exec_die':
      return end.exitCode === undefined ? '' : ` with exit code ${end.exitCode}`
    case 'kill':
      return record!.flags.length > 0 || attributes['signal'] === undefined
        ? ''
        : ` (${attributes['signal']})`
    case 'rename':
      return attributes['oldName'] === undefined
        ? ''
        : ` from ${attributes['oldName'].replace(/^\//, '')}`
    case 'health_status':
      return detail === '' ? '' : ` to ${detail}`
    case 'update':
      return record?.update === undefined ? '' : `: ${updateText(record.update, record.container)}`
    case 'exec_create':
    case 'exec_start':
      return detail === '' ? '' : `: ${shortened(detail)}`
    default:
      return ''
  }
}

const shortened = (text: string): string =>
  text.length <= MOST_DETAIL ? text : `${text.slice(0, MOST_DETAIL)}...`
