import type { Entry, GapCause } from '../model/entry.ts'
import type { Flowing, Group } from './flow.ts'
import { foldShed, gapOfShed, type ShedRun } from './shed.ts'

/**
 * Folds a group there is no room for into the shed one before it, or begins one: a single gap that
 * tells how many entries of what time are missing, with the later group's resume point, since what
 * it passes is told.
 *
 * @param causeNow why there is no room; of a run the journal caused, the journal stays the cause
 */
export function coalesceGroups(
  causeNow: () => GapCause,
): (shed: Group | undefined, group: Group) => Group {
  return (shed, group) => {
    const resume = group.resume ?? shed?.resume
    const first = shed?.entries[0]
    const wasFull = first?.kind === 'gap' && first.cause === 'journal-full'
    let run: Flowing | ShedRun | undefined
    for (const entry of [...(shed?.entries ?? []), ...group.entries]) run = foldShed(run, entry)
    const entries = entriesOf(run, wasFull ? 'journal-full' : causeNow())
    return { entries, ...(resume === undefined ? {} : { resume }) }
  }
}

function entriesOf(run: Flowing | ShedRun | undefined, cause: GapCause): Entry[] {
  if (run === undefined || run.kind === 'skipped') return []
  return [run.kind === 'shed' ? gapOfShed(run, cause) : run]
}
