import type { RunRow } from '../lives/run-row.ts'
import { exactText } from '../model/exact-json.ts'

/** A run for programs: its members by their names, times as decimal text of nanoseconds. */
export const runJson = (run: RunRow, more: object = {}): string => exactText({ ...run, ...more })
