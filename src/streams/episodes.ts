import { LRUCache } from 'lru-cache'
import type { Entry, Record } from '../model/entry.ts'
import { afterEntry, newStory } from '../model/life/engine-story.ts'
import {
  containerOf,
  isAsked,
  isPart,
  isStory,
  waitBehind,
  wasAsked,
} from '../model/life/episode-words.ts'
import type { Episode, ExecEpisode, Single, Told } from '../model/life/episode.ts'
import { afterLifeWord } from '../model/life/fold.ts'
import { judge } from '../model/life/judge.ts'
import type { EngineStory, Life } from '../model/life/life.ts'
import { lifeWordOf } from '../model/life/word.ts'
import { createExecEpisodes } from './exec-episodes.ts'

/** Puts the entries of a stream together. Each of them is told once, by itself or in an episode. */
export interface Episodes {
  /** @param now in ms, of a clock that never steps back */
  take(entry: Entry, now: number): Told[]
  /** What nothing more is expected of. */
  due(now: number): Told[]
  /** When something will be due, if nothing more comes. */
  readonly dueAt: number | undefined
  /** All of it, as it is. */
  end(): Told[]
}

/** Lives held; of one that was forgotten causes are told as of one that was not seen before. */
const MAX_LIVES = 10_000
/** Episodes that may wait; beyond, the oldest is told as it is. */
const MAX_OPEN = 1_000
const MAX_EVENTS = 200
/** What goes on for longer is told in parts, in ns. */
const LONGEST = 5_000_000_000n
/** Ended runs that evidence may still be told of. */
const MAX_ENDED = 2
const NANOS_PER_MILLI = 1_000_000n

interface Open {
  readonly key: string
  readonly engineId: string
  readonly events: Record[]
  /** What has a word of its own, behind it. */
  readonly beside: (Single | ExecEpisode)[]
  /** Runs with this number or a higher one began or ended in it. */
  readonly firstRun: number
  /** By the engine's time. */
  until: bigint
  /** By the clock. */
  dueAt: number
}

export function createEpisodes(): Episodes {
  const lives = new LRUCache<string, Life>({ max: MAX_LIVES })
  const stories = new Map<string, EngineStory>()
  const open = new Map<string, Open>()
  const execs = createExecEpisodes()

  const storyOf = (id: string): EngineStory => stories.get(id) ?? newStory(id)

  const hasRuns = (engineId: string): boolean =>
    lives.values().some((life) => life.engineId === engineId && life.run !== undefined)

  function single(entry: Entry, life?: Life): Single {
    return { kind: 'single', entry, ...(life === undefined ? {} : { life }) }
  }

  function close(episode: Open): Told[] {
    open.delete(episode.key)
    const { events, beside, firstRun, key, engineId } = episode
    const life = lives.get(key)
    const others = (entries: readonly Record[]): Told[] => entries.map((each) => single(each, life))
    if (life === undefined || !events.some(isStory)) return [...others(events), ...beside]
    const story = storyOf(engineId)
    const ended = life.unsettled
      .filter(({ number }) => number >= firstRun)
      .map((run) => ({ run, ...judge(run, life, story) }))
    if (life.unsettled.length > MAX_ENDED) {
      lives.set(key, { ...life, unsettled: life.unsettled.slice(-MAX_ENDED) })
    }
    const hasBegun = events.some(({ event }) => event.action === 'start')
    const began = hasBegun ? life.run : undefined
    const told: Episode = {
      kind: 'episode',
      events,
      life,
      ended,
      ...(began === undefined ? {} : { began }),
    }
    if (life.removedAt !== undefined) lives.delete(key)
    // An oom that ended nothing is no part of what a sentence says.
    const ooms = ended.length > 0 ? [] : events.filter(({ event }) => event.action === 'oom')
    if (ooms.length === 0) return [told, ...beside]
    const rest = events.filter((event) => !ooms.includes(event))
    const isLeft = rest.some(isStory)
    return [...(isLeft ? [{ ...told, events: rest }] : others(rest)), ...others(ooms), ...beside]
  }

  const closeAll = (which: (episode: Open) => boolean): Told[] =>
    [...open.values()].filter(which).flatMap(close)

  function begin(record: Record, key: string, before: Life | undefined): Open {
    const episode: Open = {
      key,
      engineId: record.engine.id,
      events: [],
      beside: [],
      firstRun: before === undefined ? 1 : (before.run?.number ?? before.starts + 1),
      until: 0n,
      dueAt: 0,
    }
    open.set(key, episode)
    return episode
  }

  /** A trouble that comes again and again is told from time to time; what was asked for, each time. */
  function isAnother(episode: Open, record: Record, life: Life | undefined): boolean {
    const { events, beside, firstRun } = episode
    if (events.length + beside.length >= MAX_EVENTS) return true
    if (!BEGINS.has(record.event.action) || life?.run === undefined || isAsked(life.run))
      return false
    const last = life.unsettled.at(-1)
    if (last !== undefined && last.number >= firstRun && wasAsked(last)) return true
    return record.time - events[0]!.time >= LONGEST
  }

  /** Behind what is told of its container next, if something is. */
  function besides(told: Single | ExecEpisode, key: string): Told[] {
    const episode = open.get(key)
    if (episode === undefined) return [told]
    episode.beside.push(told)
    return []
  }

  function tellExecs(told: readonly ExecEpisode[]): Told[] {
    return told.flatMap((each) => {
      const { engine, event } = each.events[0]!
      const key = `${engine.id} ${event.actorId}`
      const life = lives.get(key)
      return besides({ ...each, ...(life === undefined ? {} : { life }) }, key)
    })
  }

  function record(entry: Record, now: number): Told[] {
    const id = containerOf(entry)
    if (id === undefined) return [single(entry)]
    const key = `${entry.engine.id} ${id}`
    const before = lives.get(key)
    const told: Told[] = []
    let episode = open.get(key)
    if (episode !== undefined && isAnother(episode, entry, before)) {
      told.push(...close(episode))
      episode = undefined
    }
    const word = lifeWordOf(entry, 0)
    const life = word === undefined ? before : afterLifeWord(before, word)
    const hasFailed =
      life?.unsettled.at(-1)?.failure !== undefined && life !== before && word?.says === 'facts'
    if (life !== undefined) lives.set(key, life)
    const joins = life !== undefined && (isPart(entry) || hasFailed)
    if (!joins) {
      const grouped = execs.take(entry, life?.shadows ?? [], now)
      return [
        ...told,
        ...(grouped === undefined ? besides(single(entry, life), key) : tellExecs(grouped)),
      ]
    }
    episode ??= begin(entry, key, before)
    episode.events.push(entry)
    const wait = waitBehind(entry, life)
    episode.until = entry.time + wait
    episode.dueAt = now + Number(wait / NANOS_PER_MILLI)
    if (open.size > MAX_OPEN) told.push(...close(open.values().next().value!))
    return told
  }

  return {
    take(entry, now) {
      if (entry.kind === 'record') {
        const { time, engine } = entry
        const over = closeAll((each) => each.engineId === engine.id && each.until < time)
        const longer = tellExecs(execs.before(engine.id, time))
        return [...over, ...longer, ...record(entry, now)]
      }
      if (entry.engine !== undefined) {
        const { id } = entry.engine
        stories.set(
          id,
          afterEntry(storyOf(id), entry, () => hasRuns(id)),
        )
      }
      return [single(entry)]
    },
    due(now) {
      const over = closeAll((episode) => episode.dueAt <= now)
      return [...over, ...tellExecs(execs.due(now))]
    },
    get dueAt() {
      const all = Array.from(open.values(), (episode) => episode.dueAt)
      const least = Math.min(...all, execs.dueAt ?? Infinity)
      return least === Infinity ? undefined : least
    },
    end() {
      const over = closeAll(() => true)
      return [...over, ...tellExecs(execs.end())]
    },
  }
}

/** With these something begins anew, unless it was asked for. */
const BEGINS: ReadonlySet<string> = new Set(['kill', 'die', 'oom'])
