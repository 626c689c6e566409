import type { Entry } from '../model/entry.ts'
import type { Flowing, Group } from './flow.ts'
import { foldShed, gapOfShed, type ShedRun } from './shed.ts'

/**
 * Folds a group there is no room for into the shed one before it, or begins one: a single gap that
 * tells how many entries of what time are missing, with the later group's resume point, since what
 * it passes is told.
 */
export function coalesceGroups(shed: Group | undefined, group: Group): Group {
  const resume = group.resume ?? shed?.resume
  let run: Flowing | ShedRun | undefined
  for (const entry of [...(shed?.entries ?? []), ...group.entries]) run = foldShed(run, entry)
  return { entries: entriesOf(run), ...(resume === undefined ? {} : { resume }) }
}

function entriesOf(run: Flowing | ShedRun | undefined): Entry[] {
  if (run === undefined || run.kind === 'skipped') return []
  return [run.kind === 'shed' ? gapOfShed(run) : run]
}
