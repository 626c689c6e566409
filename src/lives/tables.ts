import type { DatabaseSync } from 'node:sqlite'
import type { EngineRef, LifeEntry, Seq, Sequenced } from '../model/entry.ts'
import type { EngineStory, Life, Run } from '../model/life/life.ts'
import type { Lineage } from '../model/life/lineage.ts'
import { decodeState, encodeState } from './codec.ts'
import { lengthClass } from './length-class.ts'
import { RUN_END } from './schema.ts'
import { exactText } from '../model/exact-json.ts'

/** A life with the rows it is kept in. */
export interface KeptLife {
  readonly row: number
  readonly lineage: number
  /** The place in its lineage of each of its runs that can still change, by its number. */
  readonly numbers: Map<number, number>
  /** Where the trail has the newest facts of it. */
  factsSeq: number | undefined
  /** As inspect said them, in JSON; a container's never change. */
  labels: string | undefined
  /** What stood out in how it is run, as it was seen last. */
  posture: readonly string[] | undefined
  life: Life
}

export interface KeptEngine {
  readonly ref: EngineRef
  story: EngineStory
}

/** The rows of the projection. All of it inside a transaction. */
export interface Tables {
  made(): { readonly epoch: string; readonly seq: number } | undefined
  keepMade(epoch: string, seq: number): void
  engines(): KeptEngine[]
  keepEngine(engine: KeptEngine): void
  /** One that is over has no state any more. */
  life(engineId: string, containerId: string): KeptLife | 'over' | undefined
  /** All that can still change. */
  open(): { readonly engineId: string; readonly id: string }[]
  begin(life: Life): KeptLife
  /** The next place in its lineage. */
  addRun(kept: KeptLife, run: Run): void
  keepRun(kept: KeptLife, run: Run): void
  keepLife(kept: KeptLife, isOver: boolean): void
  settle(kept: KeptLife, run: Run, entry: Sequenced<LifeEntry>): void
  /**
   * Forgets the oldest runs whose entries are no longer in the journal, and what is left without any.
   *
   * @param base the last place that was pruned from it
   * @returns how many; fewer than `most` where these were all
   */
  forget(base: Seq, most: number): number
}

export function createTables(db: DatabaseSync): Tables {
  const selectMade = db.prepare('SELECT epoch, seq FROM made')
  const insertMade = db.prepare('INSERT OR REPLACE INTO made VALUES (1, ?, ?)')
  const selectEngines = db.prepare('SELECT ref, story FROM engines')
  const insertEngine = db.prepare('INSERT OR REPLACE INTO engines VALUES (?, ?, ?)')
  const selectLife = db.prepare(
    'SELECT life, lineage, facts_seq AS factsSeq, labels, posture, state FROM lives WHERE engine_id = ? AND container_id = ?',
  )
  const selectOpen = db.prepare(
    'SELECT engine_id AS engineId, container_id AS id FROM lives WHERE state IS NOT NULL',
  )
  const selectNumbers = db.prepare('SELECT nth, number FROM runs WHERE life = ? AND settled = 0')
  const insertLineage = db.prepare(
    `INSERT INTO lineages (engine_id, key, name, project, service) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET name = excluded.name RETURNING lineage`,
  )
  const insertLife = db.prepare(
    `INSERT INTO lives (engine_id, container_id, lineage, name, image, starts, first_seq, last_seq, state)
     VALUES (?, ?, ?, ?, ?, 0, ?, ?, '') RETURNING life`,
  )
  const updateLife = db.prepare(
    `UPDATE lives SET name = ?, image = ?, image_id = ?, created = ?, removed = ?, health = ?, memory_limit = ?, starts = ?,
       last_seq = ?, facts_seq = ?, labels = ?, updates = ?, posture = ?, state = ? WHERE life = ?`,
  )
  const countRun = db.prepare(
    'UPDATE lineages SET runs = runs + 1 WHERE lineage = ? RETURNING runs AS number',
  )
  const insertRun = db.prepare(
    `INSERT INTO runs (lineage, number, life, nth, ooms, execs, health_flips, paused)
     VALUES (?, ?, ?, ?, 0, 0, 0, 0)`,
  )
  const updateRun = db.prepare(
    `UPDATE runs SET started = ?, started_by = ?, paused_at = ?, ended = ?, exit_code = ?, ooms = ?, execs = ?,
       health_flips = ?, paused = ?, failure = ? WHERE lineage = ? AND number = ?`,
  )
  const settleRun = db.prepare(
    `UPDATE runs SET settled = ?, cause = ?, signal = ?, ended = ?, exit_code = ?, evidence = ?, notes = ?, entry = ?,
       image = ?, length = ? WHERE life = ? AND nth = ?`,
  )

  const forgetRuns = db.prepare(
    `DELETE FROM runs WHERE (lineage, number) IN
       (SELECT lineage, number FROM runs r INDEXED BY runs_by_end WHERE ended IS NOT NULL ORDER BY ${RUN_END} LIMIT ?)
     AND settled BETWEEN 1 AND ?`,
  )
  const forgetLives = db.prepare(
    `DELETE FROM lives WHERE state IS NULL AND last_seq <= ?
       AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.life = lives.life) RETURNING lineage`,
  )
  const forgetLineage = db.prepare(
    `DELETE FROM lineages WHERE lineage = ?
       AND NOT EXISTS (SELECT 1 FROM lives WHERE lives.lineage = lineages.lineage)`,
  )

  function lineageRow(engineId: string, { key, name, project, service }: Lineage): number {
    const values = [engineId, key, name, project ?? null, service ?? null]
    return (insertLineage.get(...values) as { lineage: number }).lineage
  }

  return {
    made: () => selectMade.get() as ReturnType<Tables['made']>,
    keepMade: (epoch, seq) => void insertMade.run(epoch, seq),
    engines: () =>
      (selectEngines.all() as { ref: string; story: string }[]).map(({ ref, story }) => ({
        ref: JSON.parse(ref) as EngineRef,
        story: decodeState(story) as EngineStory,
      })),
    keepEngine: ({ ref, story }) =>
      void insertEngine.run(ref.id, JSON.stringify(ref), encodeState(story)),
    life(engineId, containerId) {
      const row = selectLife.get(engineId, containerId) as LifeRow | undefined
      if (row === undefined) return undefined
      if (row.state === null) return 'over'
      const numbers = selectNumbers.all(row.life) as { nth: number; number: number }[]
      return {
        row: row.life,
        lineage: row.lineage,
        numbers: new Map(numbers.map(({ nth, number }) => [nth, number])),
        factsSeq: row.factsSeq ?? undefined,
        labels: row.labels ?? undefined,
        posture: row.posture === null ? undefined : (JSON.parse(row.posture) as string[]),
        life: decodeState(row.state) as Life,
      }
    },
    open: () => selectOpen.all() as ReturnType<Tables['open']>,
    begin(life) {
      const { engineId, id, name, image, firstSeq } = life
      const lineage = lineageRow(engineId, life.lineage)
      const values = [engineId, id, lineage, name, image, firstSeq, firstSeq]
      const { life: row } = insertLife.get(...values) as { life: number }
      return {
        row,
        lineage,
        numbers: new Map(),
        factsSeq: undefined,
        labels: undefined,
        posture: undefined,
        life,
      }
    },
    addRun({ row, lineage, numbers }, { number: nth }) {
      const { number } = countRun.get(lineage) as { number: number }
      insertRun.run(lineage, number, row, nth)
      numbers.set(nth, number)
    },
    keepRun({ lineage, numbers }, run) {
      updateRun.run(
        run.startedAt ?? null,
        run.startedBy ?? null,
        run.pausedAt ?? null,
        run.death?.time ?? run.goneBy ?? null,
        run.death?.exitCode ?? null,
        run.ooms,
        run.execs,
        run.healthFlips,
        run.pausedNanos,
        run.failure ?? null,
        lineage,
        numbers.get(run.number)!,
      )
    },
    keepLife({ row, life, factsSeq, labels, posture }, isOver) {
      updateLife.run(
        life.name,
        life.image,
        life.imageId ?? null,
        life.createdAt ?? null,
        life.removedAt ?? null,
        life.health ?? null,
        life.memoryLimit ?? null,
        life.starts,
        life.lastSeq,
        factsSeq ?? null,
        labels ?? null,
        life.updates === undefined ? null : JSON.stringify(life.updates),
        posture === undefined ? null : JSON.stringify(posture),
        isOver ? null : encodeState(life),
        row,
      )
    },
    forget(base, most) {
      const { changes } = forgetRuns.run(most, base)
      const lives = forgetLives.all(base) as { lineage: number }[]
      for (const lineage of new Set(lives.map((life) => life.lineage))) forgetLineage.run(lineage)
      return Number(changes)
    },
    settle({ row, numbers, life: { image } }, { number: nth, startedAt }, entry) {
      const { seq, cause, signal, time, exitCode, evidence, notes, id } = entry
      settleRun.run(
        seq,
        cause,
        signal ?? null,
        time,
        exitCode ?? null,
        exactText(evidence),
        JSON.stringify(notes),
        id,
        image,
        startedAt === undefined ? null : lengthClass(time - startedAt),
        row,
        nth,
      )
      numbers.delete(nth)
    },
  }
}

interface LifeRow {
  readonly life: number
  readonly lineage: number
  readonly factsSeq: number | null
  readonly labels: string | null
  readonly posture: string | null
  readonly state: string | null
}
