import type { ExecEpisode } from '../model/life/episode.ts'
import { lengthText } from '../model/time.ts'
import type { EntryLine } from './entry-line.ts'
import { commandText } from './exec-text.ts'
import { localClock } from './local-time.ts'

/** Of a command, so that what came of it is not cut off. */
const MOST_CHARACTERS = 120

/** One line for what was run in a container, or for its beginning where it goes on. */
export function execLine({ events, exec, life }: ExecEpisode): EntryLine {
  const { command, createdAt, startedAt, endedAt, exitCode, who } = exec
  const { event, container, time } = events.at(-1)!
  const parts = [
    command === undefined ? '' : commandText(command, MOST_CHARACTERS),
    who === 'health-check' ? 'health check' : '',
    ...(endedAt === undefined
      ? [startedAt === undefined ? 'prepared, not begun' : 'began']
      : [
          `exit ${exitCode ?? '?'}`,
          startedAt !== undefined && startedAt <= endedAt
            ? `ran ${lengthText(endedAt - startedAt)}`
            : 'its start was not seen',
        ]),
  ]
  return {
    clock: localClock(endedAt ?? startedAt ?? createdAt ?? time),
    subject: life?.lineage.name ?? event.attributes['name'] ?? event.actorId.slice(0, 12),
    what: 'exec',
    detail: parts.filter((part) => part !== '').join(' · '),
    image: life?.image ?? container?.image.name ?? event.attributes['image'] ?? '',
    tone: endedAt === undefined || exitCode === 0 ? 'quiet' : 'plain',
  }
}
