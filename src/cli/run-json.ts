import type { RunRow } from '../lives/run-row.ts'

/** A run for programs: its members by their names, times as decimal text of nanoseconds. */
export const runJson = (run: RunRow, more: object = {}): string =>
  JSON.stringify({ ...run, ...more }, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
