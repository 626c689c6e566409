import type { DatabaseSync } from 'node:sqlite'
import { findingOf } from '../model/entry-factory.ts'
import type { EngineRef, LifeEntry, Seq, Sequenced } from '../model/entry.ts'
import type { FindingEntry } from '../model/finding.ts'
import type { Life } from '../model/life/life.ts'
import type { Lineage } from '../model/life/lineage.ts'
import { endPhrase, isTrouble } from '../model/life/sentence.ts'
import { afterOne, heardUntil, overAt } from '../model/life/streak.ts'
import type { LifeWord } from '../model/life/word.ts'
import { postureOf } from '../model/posture.ts'
import type { Nanoseconds } from '../model/time.ts'
import {
  createFindingTables,
  type KeptStreak,
  type OpenStreak,
  type Repeating,
} from './finding-tables.ts'
import { saidOfImage, saidOfPosture, saidOfStreak } from './finding-words.ts'
import { RULES } from './finding-rules.ts'
import type { KeptEngine, KeptLife } from './tables.ts'

/** Of how it came again: each word once, and not more of them. */
const MOST_WORDS = 8

/** What is found out while the journal is taken in: a part of the projection. */
export interface Finder {
  /** A word that changed a life. */
  afterWord(engine: KeptEngine, word: LifeWord, before: Life | undefined, kept: KeptLife): void
  /** A run was settled. */
  afterEnd(engine: KeptEngine, entry: Sequenced<LifeEntry>, lineage: number): void
  /** It was told. */
  taken(entry: Sequenced<FindingEntry>, kept: KeptLife | undefined): void
  /**
   * What has to be told, in its order, the oldest first.
   *
   * @param silence how long nothing came from an engine, in ns
   * @param most of what was found out by an entry; what ends by silence comes in addition
   */
  due(silence: (engineId: string) => Nanoseconds, most: number): FindingEntry[]
  /** Whether something has to be told, or will be where nothing else comes. */
  isWaiting(): boolean
  /** How many are open. */
  open(): { readonly [finding in Repeating]: number }
  forget(base: Seq): void
}

/**
 * @param engines as the projection knows them
 * @param tellsPosture whether what auditors ask about is told at all
 */
export function createFinder(
  db: DatabaseSync,
  engines: ReadonlyMap<string, KeptEngine>,
  tellsPosture: boolean,
): Finder {
  const tables = createFindingTables(db)
  const lineageOfRow = db.prepare(
    'SELECT engine_id AS engineId, key, name, project, service FROM lineages WHERE lineage = ?',
  )

  function one(
    engine: KeptEngine,
    lineage: number,
    finding: Repeating,
    { id, time, seq, container, words }: OneMore,
  ): void {
    const before = ended(engine, lineage, finding, { time, seq })
    const after: KeptStreak = {
      ...afterOne(before, { id, time }, RULES[finding]),
      container,
      words: [...new Set([...(before?.words ?? []), words])].slice(0, MOST_WORDS),
    }
    tables.keepStreak(lineage, finding, after, seq)
    if (after.openedAt === undefined || before?.openedAt !== undefined) return
    const opened = { row: 0, lineage, finding, streak: after }
    tables.addUntold(streakEntry(engine.ref, opened, 'opened', after.openedAt), seq, undefined)
  }

  /** An end of no known run: told twice, or its start was not seen. It is no quiet, either. */
  function otherEnd(
    engine: KeptEngine,
    { time, seq }: LifeWord,
    { life, lineage }: KeptLife,
  ): void {
    const known = ended(engine, lineage, 'restart-loop', { time, seq })
    if (known !== undefined && time <= known.to) return
    const none = { from: time, count: 0, last: [], container: whoIs(life), words: [] }
    tables.keepStreak(lineage, 'restart-loop', { ...(known ?? none), to: time }, seq)
  }

  /** The streak that goes on at a moment; one that does not is over. */
  function ended(
    engine: KeptEngine,
    lineage: number,
    finding: Repeating,
    { time, seq }: Pick<OneMore, 'time' | 'seq'>,
  ): KeptStreak | undefined {
    const known = tables.streak(lineage, finding)
    const over = known && overAt(known.streak, RULES[finding], engine.story.gaps, time)
    if (known === undefined || over === undefined) return known?.streak
    if (known.streak.openedAt !== undefined) {
      tables.addUntold(streakEntry(engine.ref, known, 'resolved', over), seq, undefined)
    }
    tables.endStreak(known.row, over)
    return undefined
  }

  function streakEntry(
    ref: EngineRef,
    { lineage: row, finding, streak }: OpenStreak,
    state: 'opened' | 'resolved',
    time: Nanoseconds,
  ): FindingEntry {
    const { from, to, count, last, container, words } = streak
    const lineage = lineageOf(row)
    return findingOf(ref, {
      time,
      finding,
      state,
      container,
      lineage,
      evidence: last.map(({ id }) => id),
      numbers: { count, seconds: Number((to - from) / 1_000_000_000n) },
      details: words,
      since: from,
      said: saidOfStreak(lineage.name, finding, state, streak),
    })
  }

  function lineageOf(row: number): Lineage {
    const { key, name, project, service } = lineageOfRow.get(row) as unknown as RawLineage
    return {
      key,
      name,
      ...(project === null ? {} : { project }),
      ...(service === null ? {} : { service }),
    }
  }

  function noteHealth(
    engine: KeptEngine,
    word: LifeWord,
    before: Life | undefined,
    { life, lineage }: KeptLife,
  ): void {
    const [was, is] = [before?.health, life.health]
    if (was === is || !isVerdict(was) || !isVerdict(is)) return
    const { entryId: id, time, seq } = word
    one(engine, lineage, 'flapping-health', { id, time, seq, container: whoIs(life), words: is })
  }

  function noteImage(engine: KeptEngine, word: LifeWord, { life, lineage, row }: KeptLife): void {
    const { name, id } = word.about!.facts!.image
    if (id === '' || name === '') return
    const known = tables.image(lineage)
    if (known !== undefined && known.of >= row) return
    tables.keepImage(lineage, { name, id, of: row, by: word.entryId })
    if (known === undefined || known.name !== name || known.id === id) return
    const entry = findingOf(engine.ref, {
      time: word.time,
      finding: 'image-moved',
      state: 'noted',
      container: whoIs(life),
      lineage: life.lineage,
      evidence: [known.by, word.entryId],
      numbers: {},
      details: [`before ${known.id}`, `after ${id}`],
      said: saidOfImage(life.lineage.name, name, known.id, id),
    })
    tables.addUntold(entry, word.seq, row)
  }

  function notePosture(engine: KeptEngine, word: LifeWord, kept: KeptLife): void {
    const { life, posture: known } = kept
    const isAsked = known === undefined || ASKED_AT.has(word.says)
    if (life.run === undefined || !isAsked) return
    const found = postureOf(word.about!.facts!)
    const details = found.map(
      ({ what, detail, severity, cis }) =>
        `${what}${detail === '' ? '' : ` ${detail}`} (${severity}${cis === undefined ? '' : `, CIS ${cis}`})`,
    )
    if (known !== undefined && isSame(known, details)) return
    kept.posture = details
    if (known === undefined && details.length === 0) return
    const count = (severity: string): number =>
      found.filter((each) => each.severity === severity).length
    const entry = findingOf(engine.ref, {
      time: word.time,
      finding: 'posture',
      state: 'noted',
      container: whoIs(life),
      lineage: life.lineage,
      evidence: [word.entryId],
      numbers: { high: count('high'), medium: count('medium'), low: count('low') },
      details,
      said: saidOfPosture(life.lineage.name, found),
    })
    tables.addUntold(entry, word.seq, kept.row)
  }

  const engineOf = (lineage: number): KeptEngine =>
    engines.get((lineageOfRow.get(lineage) as unknown as RawLineage).engineId)!

  return {
    afterWord(engine, word, before, kept) {
      if (word.says === 'health') noteHealth(engine, word, before, kept)
      const { unsettled, removedAt } = kept.life
      const isOther = !unsettled.some(({ death }) => death?.id === word.entryId)
      if (word.says === 'die' && isOther && removedAt === undefined) otherEnd(engine, word, kept)
      if (word.about?.facts === undefined) return
      if (before?.imageId !== kept.life.imageId) noteImage(engine, word, kept)
      notePosture(engine, word, kept)
    },
    afterEnd(engine, entry, lineage) {
      if (entry.endedAt === undefined || !isTrouble(entry)) return
      const { id, time, seq, container, startedAt: _length, ...end } = entry
      const { id: containerId, name, image } = container
      const words = endPhrase(end)
      const who = { id: containerId, name, image }
      one(engine, lineage, 'restart-loop', { id, time, seq, container: who, words })
    },
    taken(entry, kept) {
      const isOwn = tables.dropUntold(entry.id)
      const { finding, state, since, engine, lineage, time } = entry
      if (finding === 'posture' && kept !== undefined && !isOwn) {
        // It was told of another moment: what came before was pruned.
        kept.posture = entry.details
        tables.dropPosture(kept.row)
      }
      if (finding !== 'restart-loop' && finding !== 'flapping-health') return
      const row = tables.lineage(engine.id, lineage.key)
      const known = row === undefined ? undefined : tables.streak(row, finding)
      if (row === undefined || known === undefined) return
      if (state === 'resolved' && known.streak.from === since) tables.endStreak(known.row, time)
      if (state === 'opened' && !isOwn && known.streak.openedAt === undefined) {
        const streak = { ...known.streak, from: since!, openedAt: time }
        tables.keepStreak(row, finding, streak, entry.seq)
      }
    },
    due(silence, most) {
      const due = tables.untold(tellsPosture, most)
      for (const open of tables.open()) {
        const { ref, story } = engineOf(open.lineage)
        const until = heardUntil(story, silence(ref.id))
        const over = overAt(open.streak, RULES[open.finding], story.gaps, until)
        // What ended and is not settled may be one more of them.
        if (over === undefined || tables.hasUnsettled(open.lineage)) continue
        due.push(streakEntry(ref, open, 'resolved', over))
      }
      return due
    },
    isWaiting() {
      if (tables.hasUntold(tellsPosture)) return true
      return tables.open().some(({ lineage }) => engineOf(lineage).story.isDeaf !== true)
    },
    open() {
      const counts = { 'restart-loop': 0, 'flapping-health': 0 }
      for (const { finding } of tables.open()) counts[finding]++
      return counts
    },
    forget: (base) => tables.forget(base),
  }
}

interface OneMore {
  readonly id: string
  readonly time: Nanoseconds
  readonly seq: Seq
  readonly container: FindingEntry['container']
  readonly words: string
}

interface RawLineage {
  readonly engineId: string
  readonly key: string
  readonly name: string
  readonly project: string | null
  readonly service: string | null
}

/** Facts are new at these; at others they are those that were known. */
const ASKED_AT: ReadonlySet<LifeWord['says']> = new Set(['start', 'facts'])

const isVerdict = (health: string | undefined): health is 'healthy' | 'unhealthy' =>
  health === 'healthy' || health === 'unhealthy'

const whoIs = ({ id, name, image }: Life): FindingEntry['container'] => ({ id, name, image })

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((each, at) => each === b[at])
