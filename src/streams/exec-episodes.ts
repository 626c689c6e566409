import { LRUCache } from 'lru-cache'
import type { Record } from '../model/entry.ts'
import type { ExecEpisode, ToldExec } from '../model/life/episode.ts'
import { execWordOf, type ExecWord } from '../model/life/exec-word.ts'

/** Puts the events of execs together, by their ids. Each record that is taken is told once. */
export interface ExecEpisodes {
  /**
   * @param shadows label names that stand in the place of the engine's own attributes
   * @param now in ms, of a clock that never steps back
   * @returns `undefined` where the record is of no exec with an id that can be trusted
   */
  take(record: Record, shadows: readonly string[], now: number): ExecEpisode[] | undefined
  /** What nothing more is expected of soon, by the engine's time. */
  before(engineId: string, time: bigint): ExecEpisode[]
  /** The same by the clock. */
  due(now: number): ExecEpisode[]
  readonly dueAt: number | undefined
  /** All of it, as it is. */
  end(): ExecEpisode[]
}

/** An exec that goes on for longer is told when it began, and again when it ends; in ns. */
const WAIT = 1_000_000_000n
const WAIT_MS = 1_000
/** Execs that may wait; beyond, the oldest is told as it is. */
const MAX_OPEN = 1_000
/** Execs that go on, of which it is remembered what they run; the end of another is told without. */
const MAX_RUNNING = 10_000

interface Open {
  readonly key: string
  readonly engineId: string
  readonly events: Record[]
  exec: ToldExec
  until: bigint
  dueAt: number
}

export function createExecEpisodes(): ExecEpisodes {
  const open = new Map<string, Open>()
  /** Told when they began. */
  const running = new LRUCache<string, ToldExec>({ max: MAX_RUNNING })

  function close({ key, events, exec }: Open): ExecEpisode {
    open.delete(key)
    if (exec.endedAt === undefined) running.set(key, exec)
    else running.delete(key)
    return { kind: 'exec', events, exec }
  }

  const closeAll = (which: (each: Open) => boolean): ExecEpisode[] =>
    [...open.values()].filter(which).map(close)

  return {
    take(record, shadows, now) {
      const word = execWordOf(record, shadows)
      if (word?.execId === undefined) return undefined
      const key = `${record.engine.id} ${record.event.actorId} ${word.execId}`
      const told: ExecEpisode[] = []
      let each = open.get(key)
      // Ids of execs are never the same: what comes twice is of another.
      if (each !== undefined && each.exec[MOMENT[word.says]] !== undefined) {
        told.push(close(each))
        running.delete(key)
        each = undefined
      }
      if (each === undefined) {
        const known = word.says === 'create' ? undefined : running.get(key)
        const exec = known ?? { who: 'unknown' }
        each = { key, engineId: record.engine.id, events: [], exec, until: 0n, dueAt: 0 }
        open.set(key, each)
      }
      each.events.push(record)
      each.exec = withWord(each.exec, word)
      each.until = record.time + WAIT
      each.dueAt = now + WAIT_MS
      const { startedAt, endedAt } = each.exec
      if (startedAt !== undefined && endedAt !== undefined) told.push(close(each))
      else if (open.size > MAX_OPEN) told.push(close(open.values().next().value!))
      return told
    },
    before: (engineId, time) => closeAll((each) => each.engineId === engineId && each.until < time),
    due: (now) => closeAll((each) => each.dueAt <= now),
    get dueAt() {
      if (open.size === 0) return undefined
      return Math.min(...Array.from(open.values(), (each) => each.dueAt))
    },
    end: () => closeAll(() => true),
  }
}

const MOMENT = { create: 'createdAt', start: 'startedAt', die: 'endedAt' } as const

function withWord(exec: ToldExec, word: ExecWord): ToldExec {
  const { says, time, command, exitCode, who } = word
  return {
    ...exec,
    [MOMENT[says]]: time,
    ...(command === undefined ? {} : { command }),
    ...(exitCode === undefined ? {} : { exitCode }),
    who: exec.who === 'unknown' ? who : exec.who,
  }
}
