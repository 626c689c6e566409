import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { systemClock } from '../../../src/actors/clock.ts'
import { replay } from '../../../src/agent/replay.ts'
import { openTrace } from '../../../src/docker/trace.ts'
import { createProjection } from '../../../src/lives/projection.ts'
import { createTables } from '../../../src/lives/schema.ts'
import type { Entry, LifeEntry } from '../../../src/model/entry.ts'
import { unpackTrace } from './fixtures.ts'
import type { RecordingSet } from './truth.ts'

const EPOCH = '0'.repeat(16)
const FOR_EVER = 1n << 62n

/** What the pipeline makes of a fixture's trace, in its order. */
export async function entriesOf(
  fixture: string,
  set: RecordingSet = 'causes',
  healthChecks: 'count' | 'record' = 'count',
): Promise<Entry[]> {
  const dir = await mkdtemp(join(tmpdir(), 'auditor-causes-'))
  try {
    await unpackTrace(fixture, dir, set)
    const entries: Entry[] = []
    await replay(
      {
        trace: await openTrace(dir),
        speed: Infinity,
        healthChecks,
        clock: systemClock,
        write: (group) => Promise.resolve(void entries.push(...group.entries)),
      },
      new AbortController().signal,
    )
    return entries
  } finally {
    await rm(dir, { recursive: true })
  }
}

/**
 * What is told of each run, by the name of its container. A run is settled as soon as the engine's own
 * time says so, as in an agent that never sleeps; the last ones at the end.
 */
export function toldOf(entries: readonly Entry[]): Map<string, LifeEntry[]> {
  const db = new DatabaseSync(':memory:')
  try {
    createTables(db)
    const projection = createProjection(db)
    const told = new Map<string, LifeEntry[]>()
    let seq = 0
    const take = (entry: Entry): void => projection.take([{ ...entry, seq: ++seq }], EPOCH)
    const tell = (quiet: bigint): void => {
      for (const entry of projection.due(() => quiet)) {
        take(entry)
        if (entry.kind === 'finding') continue
        const { name } = entry.container
        told.set(name, [...(told.get(name) ?? []), entry])
      }
    }
    for (const entry of entries) {
      take(entry)
      tell(0n)
    }
    tell(FOR_EVER)
    return told
  } finally {
    db.close()
  }
}
