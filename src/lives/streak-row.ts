import type { DatabaseSync } from 'node:sqlite'
import type { Nanoseconds } from '../model/time.ts'
import { decodeStreak, type Repeating } from './finding-tables.ts'

/** Something that came again and again in a lineage. */
export interface StreakRow {
  readonly lineage: string
  /** Its row. */
  readonly lineageId: number
  readonly finding: Repeating
  readonly image: string
  readonly count: number
  readonly from: Nanoseconds
  /** When it came last. */
  readonly to: Nanoseconds
  /** How: causes with codes, or the health. */
  readonly words: readonly string[]
  /** When it had been quiet for long enough; absent while that was not heard. */
  readonly resolvedAt?: Nanoseconds
}

export interface StreakQuery {
  /** A row of `lineages`. */
  readonly lineage?: number
  /** Those that came last at this moment or later. */
  readonly from?: Nanoseconds
}

export function selectStreaks(db: DatabaseSync, { lineage, from }: StreakQuery): StreakRow[] {
  const select = db.prepare(
    `SELECT s.finding, s.resolved, s.state, g.name, s.lineage FROM streaks s JOIN lineages g ON g.lineage = s.lineage
     WHERE s.opened IS NOT NULL AND s.last >= ? AND (? IS NULL OR s.lineage = ?) ORDER BY s.since, s.streak`,
    { readBigInts: true },
  )
  const given = lineage ?? null
  return (select.all(from ?? 0n, given, given) as unknown as RawStreak[]).map((row) => {
    const { finding, state, name, resolved } = row
    const { container, count, from: since, to, words } = decodeStreak(state)
    return {
      lineage: name,
      lineageId: Number(row.lineage),
      finding,
      image: container.image,
      count,
      from: since,
      to,
      words,
      ...(resolved === null ? {} : { resolvedAt: resolved }),
    }
  })
}

interface RawStreak {
  readonly finding: Repeating
  readonly resolved: bigint | null
  readonly state: string
  readonly name: string
  readonly lineage: bigint
}
