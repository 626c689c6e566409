import { lastValueFrom } from 'rxjs'
import type { Engine } from '../docker/port.ts'
import { createWatcher } from '../docker/watcher.ts'
import type { Entry } from '../model/entry.ts'
import type { Log } from '../model/log.ts'
import type { Nanoseconds } from '../model/time.ts'
import { source } from '../streams/source.ts'
import { createPipeline, type PipelineParts, type SkipCounts } from './pipeline.ts'

export interface LiveParts extends Omit<PipelineParts, 'inspector' | 'write'> {
  readonly engine: Engine
  /** Begin with what the engine still remembers since then, or with what happens from now on. */
  readonly since: Nanoseconds | 'now'
  /** Takes entries in order; while it takes one, the others wait, then are told by a gap. */
  readonly show: (entry: Entry) => Promise<void>
  readonly log: Log
}

/** The same pipeline without a journal, until the signal is aborted: for looking on. */
export async function watchLive(parts: LiveParts, signal: AbortSignal): Promise<SkipCounts> {
  const { engine, since, show, clock, log } = parts
  const pipeline = createPipeline({
    ...parts,
    inspector: engine,
    write: async ({ entries }) => {
      for (const entry of entries) await show(entry)
    },
  })
  const watching = source<Entry>((emit, leaving) =>
    createWatcher({
      engine,
      resume: () => Promise.resolve(undefined),
      emit,
      firstSince: since,
      snapshot: false,
      failedStarts: true,
      log,
      clock,
    }).run({ name: 'watch', clock, restarts: 0, signal: AbortSignal.any([signal, leaving]) }),
  )
  await lastValueFrom(watching.pipe(pipeline.run), { defaultValue: undefined })
  return pipeline.status().skipped
}
