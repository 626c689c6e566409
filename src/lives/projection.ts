import type { DatabaseSync } from 'node:sqlite'
import { writing } from '../journal/database.ts'
import type { EngineRef, Entry, LifeEntry, Seq, Sequenced } from '../model/entry.ts'
import { afterEntry, newStory } from '../model/life/engine-story.ts'
import { afterLifeWord } from '../model/life/fold.ts'
import type { Life, Run } from '../model/life/life.ts'
import { endOf, settledRuns } from '../model/life/settle.ts'
import { lifeWordOf, type LifeWord } from '../model/life/word.ts'
import type { Nanoseconds } from '../model/time.ts'
import type { FindingEntry } from '../model/finding.ts'
import { createExecSessions } from './exec-sessions.ts'
import { createFinder } from './finder.ts'
import type { Repeating } from './finding-tables.ts'
import { lifeEntry } from './life-entry.ts'
import { createTables, type KeptEngine, type KeptLife } from './tables.ts'

/**
 * Lives as a fold over the journal: entries in their order, and nothing else. Made anew from the same
 * entries it is the same, to the byte.
 */
export interface Projection {
  /** The last entry that was taken in; `undefined` before the first. */
  made(): { readonly epoch: string; readonly seq: number } | undefined
  /** Takes in entries behind those, in one transaction. */
  take(entries: readonly Sequenced[], epoch: string): void
  /** Whether runs have ended of which more may be told, or a finding has to be, or will be over. */
  isWaiting(): boolean
  /** Findings that are open. */
  open(): { readonly [finding in Repeating]: number }
  /** Forgets runs and execs that the journal no longer tells of, as `Tables.forget`. */
  forget(base: Seq, most: number): number
  /**
   * What has to be told: of runs of which nothing more is expected, and what was found out. Each once
   * until it was taken in; some of it, if it is much.
   *
   * @param quiet how long nothing came from an engine, in ns
   */
  due(quiet: (engineId: string) => Nanoseconds): (LifeEntry | FindingEntry)[]
}

/** Told at once: they become one group of the journal. */
const MOST_DUE = 500
/** Lives held in memory; others are read again. */
const MAX_HELD = 5_000

/** For `due`: nothing more will come. */
export const FOR_EVER = 1n << 62n

/** @param tellsPosture whether `due` tells what auditors ask about; what is kept is the same. Default true. */
export function createProjection(db: DatabaseSync, tellsPosture = true): Projection {
  const tables = createTables(db)
  const engines = new Map(tables.engines().map((engine) => [engine.ref.id, engine]))
  const held = new Map<string, KeptLife>()
  /** Lives with ended runs that nobody was told of. */
  const unsettled = new Set<string>()
  /** Told, and not taken in yet. */
  const told = new Set<string>()
  let changedLives = new Set<KeptLife>()
  let changedEngines = new Set<KeptEngine>()
  const finder = createFinder(db, engines, tellsPosture)
  const execs = createExecSessions(db)

  for (const { engineId, id } of tables.open()) {
    const kept = openOne(engineId, id)
    if (kept !== undefined && kept.life.unsettled.length > 0) unsettled.add(keyOf(kept.life))
  }

  function keptOf(engineId: string, id: string): KeptLife | 'over' | undefined {
    const key = `${engineId} ${id}`
    const known = held.get(key)
    if (known !== undefined) return known
    const kept = tables.life(engineId, id)
    if (kept === undefined || kept === 'over') return kept
    hold(key, kept)
    return kept
  }

  function openOne(engineId: string, id: string): KeptLife | undefined {
    const kept = keptOf(engineId, id)
    return kept === 'over' ? undefined : kept
  }

  function hold(key: string, kept: KeptLife): void {
    held.set(key, kept)
    if (held.size <= MAX_HELD) return
    for (const [oldest, each] of held) {
      if (held.size <= MAX_HELD) break
      if (!changedLives.has(each)) held.delete(oldest)
    }
  }

  function engineOf(ref: EngineRef): KeptEngine {
    let engine = engines.get(ref.id)
    if (engine === undefined) {
      engine = { ref, story: newStory(ref.id) }
      engines.set(ref.id, engine)
      changedEngines.add(engine)
    }
    return engine
  }

  function tell(engine: KeptEngine, entry: Entry): void {
    const story = afterEntry(engine.story, entry, () => hasRuns(engine.story.id))
    if (story === engine.story) return
    engine.story = story
    changedEngines.add(engine)
  }

  function hasRuns(engineId: string): boolean {
    return tables
      .open()
      .some(
        (open) => open.engineId === engineId && openOne(engineId, open.id)?.life.run !== undefined,
      )
  }

  function take(entry: Sequenced): void {
    if (entry.kind === 'life') return settle(entry)
    if (entry.kind === 'finding') return takeFinding(entry)
    if (entry.engine === undefined) {
      // It can't be told whose: what was damaged may have been any engine's.
      // The agent's own beginning and end are of all of them.
      if (entry.kind !== 'record') for (const engine of engines.values()) tell(engine, entry)
      return
    }
    const engine = engineOf(entry.engine)
    tell(engine, entry)
    const word = entry.kind === 'record' ? lifeWordOf(entry, entry.seq) : undefined
    if (word === undefined) return
    takeWord(engine, word)
    noteRequest(engine, word)
  }

  function takeWord(engine: KeptEngine, word: LifeWord): void {
    const known = keptOf(word.engineId, word.id)
    if (known === 'over') return
    const before = known?.life
    const after = afterLifeWord(before, word)
    if (after === undefined || after === before) return
    const kept = known ?? begin(after)
    kept.life = after
    const facts = word.about?.facts
    if (facts !== undefined) {
      kept.factsSeq = word.seq
      kept.labels ??= JSON.stringify(facts.labels)
    }
    changedLives.add(kept)
    for (const run of runsOf(after)) {
      if (!kept.numbers.has(run.number)) tables.addRun(kept, run)
    }
    if (after.unsettled.length > 0) unsettled.add(keyOf(after))
    finder.afterWord(engine, word, before, kept)
  }

  function begin(life: Life): KeptLife {
    const kept = tables.begin(life)
    hold(keyOf(life), kept)
    return kept
  }

  /** When runs of an engine were asked to end, and ended: a wave of both is the engine's own end. */
  function noteRequest(engine: KeptEngine, { says, time, id }: LifeWord): void {
    const { story } = engine
    if (says === 'die' || says === 'stop') engine.story = { ...story, lastEnd: time }
    else if (says === 'kill') {
      const run = held.get(`${story.id} ${id}`)?.life.run
      if (run?.kills.length !== 1) return
      const { lastAsked: askedBefore } = story
      engine.story = {
        ...story,
        lastAsked: time,
        ...(askedBefore === undefined ? {} : { askedBefore }),
      }
    } else return
    changedEngines.add(engine)
  }

  function takeFinding(entry: Sequenced<FindingEntry>): void {
    told.delete(entry.id)
    const kept = openOne(entry.engine.id, entry.container.id)
    finder.taken(entry, kept)
    if (kept !== undefined) changedLives.add(kept)
  }

  function settle(entry: Sequenced<LifeEntry>): void {
    told.delete(entry.id)
    const kept = openOne(entry.engine.id, entry.container.id)
    if (kept === undefined) return
    // By the end itself: where what came before was pruned, the runs have other numbers.
    const { unsettled: waiting } = kept.life
    const at = waiting.findIndex((run) => endOf(run) === entry.time)
    if (at < 0) return
    const left = waiting.slice(at + 1)
    for (const ended of waiting.slice(0, at + 1)) tables.keepRun(kept, ended)
    tables.settle(kept, waiting[at]!, entry)
    finder.afterEnd(engineOf(entry.engine), entry, kept.lineage)
    kept.life = { ...kept.life, unsettled: left, lastSeq: entry.seq }
    changedLives.add(kept)
    if (left.length === 0) unsettled.delete(keyOf(kept.life))
  }

  function write(): void {
    for (const kept of changedLives) {
      const { life } = kept
      for (const run of runsOf(life)) tables.keepRun(kept, run)
      const isOver = life.removedAt !== undefined && life.unsettled.length === 0
      tables.keepLife(kept, isOver)
      if (isOver) held.delete(keyOf(life))
    }
    for (const engine of changedEngines) tables.keepEngine(engine)
    changedLives = new Set()
    changedEngines = new Set()
  }

  return {
    made: () => tables.made(),
    take(entries, epoch) {
      const last = entries.at(-1)
      if (last === undefined) return
      writing(db, () => {
        for (const entry of entries) {
          take(entry)
          execs.take(entry, openOne)
        }
        write()
        tables.keepMade(epoch, last.seq)
      })
    },
    isWaiting: () => unsettled.size > 0 || finder.isWaiting(),
    open: () => finder.open(),
    forget: (base, most) =>
      writing(db, () => {
        finder.forget(base)
        return tables.forget(base, most) + execs.forget(base, most)
      }),
    due(quiet) {
      const due: (LifeEntry | FindingEntry)[] = []
      for (const key of unsettled) {
        if (due.length >= MOST_DUE) break
        const engineId = key.slice(0, key.lastIndexOf(' '))
        const kept = openOne(engineId, key.slice(engineId.length + 1))!
        const { ref, story } = engines.get(engineId)!
        const settled = settledRuns(kept.life, story, quiet(engineId))
        for (const run of settled) {
          const entry = lifeEntry(kept, run, ref, story)
          if (told.has(entry.id)) continue
          told.add(entry.id)
          due.push(entry)
        }
        // What is told comes back as an entry; until then it need not be looked at again.
        if (settled.length === kept.life.unsettled.length) unsettled.delete(key)
      }
      // That nothing more will come is no quiet: nobody listens then.
      const silence = (engineId: string): Nanoseconds => {
        const length = quiet(engineId)
        return length === FOR_EVER ? 0n : length
      }
      for (const entry of finder.due(silence, MOST_DUE + told.size)) {
        if (due.length >= MOST_DUE) break
        if (told.has(entry.id)) continue
        told.add(entry.id)
        due.push(entry)
      }
      return due
    },
  }
}

const keyOf = ({ engineId, id }: Life): string => `${engineId} ${id}`

const runsOf = ({ unsettled, run }: Life): readonly Run[] =>
  run === undefined ? unsettled : [...unsettled, run]
