import type { JournalView } from '../journal/journal.ts'
import type { RunRow } from '../lives/run-row.ts'
import type { Record as EventRecord } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'
import { updateText } from '../model/update.ts'
import { localMoment } from './local-time.ts'

/** Updates of containers, to be told among their runs. */
export interface UpdateLines {
  /** Of the first run of a container that is shown: what is not shown of it. */
  heading(run: RunRow): Iterable<string>
  /** Those of its container before it began, or all that are left. */
  before(run: RunRow, moment?: Nanoseconds): Iterable<string>
}

/** Those of these runs' containers, as far as the journal still has them. */
export async function updateLines(
  journal: Pick<JournalView, 'find'>,
  runs: readonly RunRow[],
): Promise<UpdateLines> {
  const seqs = new Set(runs.flatMap(({ container }) => container.updates?.last ?? []))
  const records = (await journal.find([...seqs])).filter((entry) => entry.kind === 'record')
  const waiting = Map.groupBy(records, ({ event }) => event.actorId)
  return {
    *heading({ container: { id, updates }, run, startedAt }) {
      const left = waiting.get(id) ?? []
      const missing = (updates?.count ?? 0) - left.length
      // Those of earlier runs belong to what is not shown.
      if (run > 1)
        waiting.set(id, left.filter(({ time }) => startedAt === undefined || time >= startedAt)) // prettier-ignore
      else if (missing > 0) yield `  ~     ${missing} earlier updates are not shown`
    },
    *before({ container: { id } }, moment) {
      const left = waiting.get(id) ?? []
      const isTold = ({ time }: EventRecord): boolean => moment === undefined || time < moment
      waiting.set(
        id,
        left.filter((each) => !isTold(each)),
      )
      for (const each of left.filter(isTold)) yield line(each)
    },
  }
}

function line({ time, update, container }: EventRecord): string {
  const said = update === undefined ? '' : `: ${updateText(update, container)}`
  return `  ~     ${localMoment(time).slice(0, 19)}  update${said}`
}
