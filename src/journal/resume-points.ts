import type { DatabaseSync } from 'node:sqlite'
import type { EntryId } from '../model/entry.ts'
import type { ResumePoint } from '../model/resume-point.ts'
import { checkedRow } from './checksum.ts'

/** Keeps one, in the transaction that is open. */
export function createResumePointWriter(db: DatabaseSync): (point: ResumePoint) => void {
  const keep = db.prepare(
    `INSERT OR REPLACE INTO resume_points (engine_id, id, time, begun, counted, life, sum)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, checksum(?1, ?2, ?3, ?4, ?5, ?6))`,
  )
  return ({ engineId, id, time, begun, count }) => {
    const { total = null, life = null } = count ?? {}
    keep.run(engineId, id, String(time), begun === true ? 1 : 0, total, life)
  }
}

interface Row {
  readonly id: EntryId
  readonly time: string
  readonly begun: 0 | 1
  readonly counted: number | null
  readonly life: string | null
}

const COLUMNS = ['engineId', 'id', 'time', 'begun', 'counted', 'life'] as const

export function createResumePointReader(
  db: DatabaseSync,
): (engineId: string) => ResumePoint | undefined {
  const select = db.prepare(
    `SELECT engine_id AS engineId, id, time, begun, counted, life, sum
     FROM resume_points WHERE engine_id = ?`,
  )
  return (engineId) => {
    const row = select.get(engineId)
    if (row === undefined) return undefined
    const read = checkedRow<Row>(row, COLUMNS, "the place in an engine's stream")
    const { id, time, begun, counted: total, life } = read
    return {
      engineId,
      id,
      time: BigInt(time),
      ...(begun === 1 ? { begun: true } : {}),
      ...(total === null || life === null ? {} : { count: { total, life } }),
    }
  }
}
