import type { DatabaseSync } from 'node:sqlite'
import { decodeEntry, encodeEntry } from '../model/entry-codec.ts'
import type { Seq } from '../model/entry.ts'
import type { FindingEntry } from '../model/finding.ts'
import type { Streak } from '../model/life/streak.ts'
import type { Nanoseconds } from '../model/time.ts'
import { exactText } from '../model/exact-json.ts'

/** What comes again and again. */
export type Repeating = 'restart-loop' | 'flapping-health'

/** A streak with what is said of it. */
export interface KeptStreak extends Streak {
  readonly container: FindingEntry['container']
  /** How: the causes and codes of ends, the health that came; each once. */
  readonly words: readonly string[]
}

/** A streak that is not over, as far as it was told. */
export interface OpenStreak {
  readonly row: number
  readonly lineage: number
  readonly finding: Repeating
  readonly streak: KeptStreak
}

/** The image of the newest life of a lineage whose image is known. */
interface LineageImage {
  readonly name: string
  readonly id: string
  /** The life's row. */
  readonly of: number
  /** The entry that says so. */
  readonly by: string
}

/** The rows of findings. All of it inside a transaction. */
export interface FindingTables {
  streak(lineage: number, finding: Repeating): OpenStreak | undefined
  /** Of those that were opened and are not resolved. */
  open(): OpenStreak[]
  keepStreak(lineage: number, finding: Repeating, streak: KeptStreak, seq: Seq): void
  /** One that never was anything is forgotten. */
  endStreak(row: number, resolvedAt: Nanoseconds): void
  image(lineage: number): LineageImage | undefined
  keepImage(lineage: number, image: LineageImage): void
  addUntold(entry: FindingEntry, seq: Seq, life: number | undefined): void
  /** @returns whether it was there */
  dropUntold(id: string): boolean
  /** The same, said of a container by an entry of another moment. */
  dropPosture(life: number): void
  /**
   * The oldest.
   *
   * @param posture whether those of postures, too
   */
  untold(posture: boolean, most: number): FindingEntry[]
  hasUntold(posture: boolean): boolean
  /** Ended runs of which nobody was told. */
  hasUnsettled(lineage: number): boolean
  lineage(engineId: string, key: string): number | undefined
  forget(base: Seq): void
}

export function createFindingTables(db: DatabaseSync): FindingTables {
  const selectStreak = db.prepare(
    'SELECT streak AS row, lineage, finding, state FROM streaks WHERE lineage = ? AND finding = ? AND resolved IS NULL',
  )
  const selectOpen = db.prepare(
    'SELECT streak AS row, lineage, finding, state FROM streaks WHERE opened IS NOT NULL AND resolved IS NULL ORDER BY streak',
  )
  const insertStreak = db.prepare(
    'INSERT INTO streaks (lineage, finding, since, last, count, last_seq, opened, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const updateStreak = db.prepare(
    'UPDATE streaks SET since = ?, last = ?, count = ?, last_seq = ?, opened = ?, state = ? WHERE streak = ?',
  )
  const resolveStreak = db.prepare(
    'UPDATE streaks SET resolved = ? WHERE streak = ? AND opened IS NOT NULL',
  )
  const deleteStreak = db.prepare('DELETE FROM streaks WHERE streak = ? AND opened IS NULL')
  const selectImage = db.prepare(
    'SELECT image AS name, image_id AS id, image_of AS "of", image_by AS "by" FROM lineages WHERE lineage = ? AND image_id IS NOT NULL',
  )
  const updateImage = db.prepare(
    'UPDATE lineages SET image = ?, image_id = ?, image_of = ?, image_by = ? WHERE lineage = ?',
  )
  const insertUntold = db.prepare('INSERT OR IGNORE INTO untold VALUES (?, ?, ?, ?, ?)')
  const deleteUntold = db.prepare('DELETE FROM untold WHERE id = ?')
  const deletePosture = db.prepare("DELETE FROM untold WHERE life = ? AND finding = 'posture'")
  const selectUntold = db.prepare('SELECT body FROM untold ORDER BY id LIMIT ?')
  const selectUntoldEvents = db.prepare(
    "SELECT body FROM untold INDEXED BY untold_events WHERE finding <> 'posture' ORDER BY id LIMIT ?",
  )
  const untoldBy = (posture: boolean): typeof selectUntold =>
    posture ? selectUntold : selectUntoldEvents
  const selectUnsettled = db.prepare(
    'SELECT 1 FROM runs WHERE lineage = ? AND settled = 0 AND ended IS NOT NULL LIMIT 1',
  )
  const selectLineage = db.prepare('SELECT lineage FROM lineages WHERE engine_id = ? AND key = ?')
  const forgetUntold = db.prepare('DELETE FROM untold WHERE seq <= ?')
  const forgetStreaks = db.prepare('DELETE FROM streaks WHERE last_seq <= ?')

  return {
    streak(lineage, finding) {
      const row = selectStreak.get(lineage, finding) as RawStreak | undefined
      return row === undefined ? undefined : openOf(row)
    },
    open: () => (selectOpen.all() as unknown as RawStreak[]).map(openOf),
    keepStreak(lineage, finding, streak, seq) {
      const { from, to, count, openedAt = null } = streak
      const known = selectStreak.get(lineage, finding) as RawStreak | undefined
      const state = exactText(streak)
      if (known === undefined) {
        insertStreak.run(lineage, finding, from, to, count, seq, openedAt, state)
      } else updateStreak.run(from, to, count, seq, openedAt, state, known.row)
    },
    endStreak(row, resolvedAt) {
      deleteStreak.run(row)
      resolveStreak.run(resolvedAt, row)
    },
    image: (lineage) => selectImage.get(lineage) as LineageImage | undefined,
    keepImage: (lineage, { name, id, of, by }) => void updateImage.run(name, id, of, by, lineage),
    addUntold: (entry, seq, life) =>
      void insertUntold.run(entry.id, seq, entry.finding, life ?? null, encodeEntry(entry)),
    dropUntold: (id) => Number(deleteUntold.run(id).changes) > 0,
    dropPosture: (life) => void deletePosture.run(life),
    hasUntold: (posture) => untoldBy(posture).get(1) !== undefined,
    untold: (posture, most) =>
      (untoldBy(posture).all(most) as { body: string }[]).map(
        ({ body }) => decodeEntry(body) as FindingEntry,
      ),
    hasUnsettled: (lineage) => selectUnsettled.get(lineage) !== undefined,
    lineage: (engineId, key) =>
      (selectLineage.get(engineId, key) as { lineage: number } | undefined)?.lineage,
    forget(base) {
      forgetUntold.run(base)
      forgetStreaks.run(base)
    },
  }
}

interface RawStreak {
  readonly row: number
  readonly lineage: number
  readonly finding: Repeating
  readonly state: string
}

const openOf = ({ row, lineage, finding, state }: RawStreak): OpenStreak => ({
  row,
  lineage,
  finding,
  streak: decodeStreak(state),
})

const MOMENTS: ReadonlySet<string> = new Set(['from', 'to', 'time', 'openedAt'])

export const decodeStreak = (text: string): KeptStreak =>
  JSON.parse(text, (name, value: unknown) =>
    MOMENTS.has(name) && typeof value === 'string' ? BigInt(value) : value,
  ) as KeptStreak
