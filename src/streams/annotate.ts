import { LRUCache } from 'lru-cache'
import { defer, map, type MonoTypeOperatorFunction } from 'rxjs'
import { actionName } from '../model/docker-event.ts'
import type { EarlyCause, Record } from '../model/entry.ts'
import { afterEntry, newStory } from '../model/life/engine-story.ts'
import { afterLifeWord } from '../model/life/fold.ts'
import { judge } from '../model/life/judge.ts'
import type { EngineStory, Life } from '../model/life/life.ts'
import { lifeWordOf } from '../model/life/word.ts'
import type { Flowing } from './flow.ts'

/** Lives held; of one that was forgotten nothing is said. */
const MAX_LIVES = 10_000
/** Ended runs that evidence may still be told of. */
const MAX_ENDED = 2

export interface AnnotateOptions {
  /** The filter lets some events of a container pass and others not: what is not seen proves nothing. */
  readonly hidesEvidence?: boolean
  /** Whether the filter may keep out the end of the exec of which this record tells. Default: it does not. */
  readonly hidesEnd?: (begun: Record) => boolean
}

/**
 * Says on each `die` why the run ended, as far as that is known at its moment. What it comes to is told
 * by a life entry later: engines tell of a stop behind the end it caused.
 *
 *     source   c-s-k-d-p-|      create, start, kill 15, die, stop
 *     output   c-s-k-D-p-|      D has the cause `killed`, provisionally
 */
export function annotate(options: AnnotateOptions = {}): MonoTypeOperatorFunction<Flowing> {
  const { hidesEvidence = false, hidesEnd = () => false } = options
  // A run's end rests on what came before, an exec's beginning on what comes.
  const isDoubtful = (record: Record): boolean => {
    const { type, action } = record.event
    if (type !== 'container') return false
    return action === 'die'
      ? hidesEvidence
      : BEGINS_EXEC.has(actionName(action)) && hidesEnd(record)
  }
  return (source) =>
    defer(() => {
      const lives = new LRUCache<string, Life>({ max: MAX_LIVES })
      const stories = new Map<string, EngineStory>()
      return source.pipe(
        map((value): Flowing => {
          if (value.kind === 'skipped' || value.engine === undefined) return value
          const engineId = value.engine.id
          const story = stories.get(engineId) ?? newStory(engineId)
          if (value.kind !== 'record') {
            stories.set(
              engineId,
              afterEntry(story, value, () => hasRuns(lives, engineId)),
            )
            return value
          }
          const record = isDoubtful(value) ? flagged(value) : value
          if (!CHANGES.has(record.event.action)) return record
          const word = lifeWordOf(record, 0)
          if (word === undefined) return record
          const key = `${engineId} ${word.id}`
          const life = afterLifeWord(lives.get(key), word)
          if (life === undefined) return record
          const ended = life.unsettled.at(-1)
          if (life.removedAt !== undefined) lives.delete(key)
          else lives.set(key, shortened(life))
          if (word.says !== 'die' || ended?.death?.id !== record.id) return record
          return { ...record, cause: earlyCause(judge(ended, life, story)) }
        }),
      )
    })
}

/** Of what tells of a life only this can be a cause; execs and health are many and can't. */
const CHANGES: ReadonlySet<string> = new Set([
  'create', 'start', 'die', 'kill', 'stop', 'restart', 'oom', 'destroy', 'remove', 'snapshot',
]) // prettier-ignore

const hasRuns = (lives: LRUCache<string, Life>, engineId: string): boolean =>
  lives.values().some((life) => life.engineId === engineId && life.run !== undefined)

const shortened = (life: Life): Life =>
  life.unsettled.length <= MAX_ENDED
    ? life
    : { ...life, unsettled: life.unsettled.slice(-MAX_ENDED) }

const earlyCause = ({ cause, evidence }: ReturnType<typeof judge>): EarlyCause => ({
  cause,
  provisional: true,
  evidence: evidence.map(({ id }) => id),
})

const flagged = (record: Record): Record => ({
  ...record,
  flags: [...record.flags, 'evidence-filtered'],
})

const BEGINS_EXEC: ReadonlySet<string> = new Set(['exec_create', 'exec_start', 'exec'])
