import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { lastValueFrom } from 'rxjs'
import { systemClock } from '../src/actors/clock.ts'
import { createPipeline } from '../src/agent/pipeline.ts'
import { createWriter } from '../src/agent/writer.ts'
import { createDecoder } from '../src/docker/decode.ts'
import { containerFacts } from '../src/docker/facts.ts'
import type { Inspector } from '../src/docker/port.ts'
import type { Journal } from '../src/journal/journal.ts'
import type { Entry } from '../src/model/entry.ts'
import { recordOf } from '../src/model/entry-factory.ts'
import { silentLog } from '../src/model/log.ts'
import { source } from '../src/streams/source.ts'
import type { Group } from '../src/streams/flow.ts'
import { bareGroup, openBareStore, type BareGroup } from './support/bare-store.ts'
import type { Case } from './support/case.ts'
import { openBenchJournal } from './support/journal.ts'
import { benchEngine } from './support/entries.ts'
import { chunksOf, eventLines } from './support/events.ts'
import { beside } from './support/measure.ts'
import { withScratch } from './support/scratch.ts'

const perRun = 100_000

export const pipeline: Case = {
  summary:
    'bytes through decode, filter, enrichment, redaction and grouping into the journal, beside bare node:sqlite inserts of the same texts',
  run: ({ runs }) =>
    withScratch(async (folder) => {
      await using journal = await openBenchJournal(join(folder, 'journal'))
      const bare = openBareStore(join(folder, 'bare.sqlite'))
      const rates = await beside(
        runs,
        perRun,
        async (round) => {
          const chunks = chunksOf(eventLines(perRun, round * perRun))
          return { chunks, texts: await written(chunks) }
        },
        ({ chunks }) => record(chunks, journal),
        ({ texts }) =>
          () =>
            texts.forEach((group) => bare.append(group)),
      )
      bare.close()
      return [
        {
          figure: 'pipeline to journal',
          unit: 'events/s',
          values: rates.ours,
          beside: { what: 'node:sqlite', values: rates.bare },
          aim: { of: 'ratio', atLeast: 0.5 },
        },
      ]
    }),
}

/** The same texts in the same groups, for whoever only has to store them. */
async function written(chunks: readonly Uint8Array[]): Promise<BareGroup[]> {
  const groups: BareGroup[] = []
  await flow(chunks, ({ entries }) => {
    groups.push(bareGroup(entries))
    return Promise.resolve()
  })
  return groups
}

export async function record(chunks: readonly Uint8Array[], journal: Journal): Promise<void> {
  const ending = new AbortController()
  const writer = createWriter({ journal, log: silentLog })
  const context = { name: writer.name, signal: ending.signal, clock: systemClock, restarts: 0 }
  const writing = writer.run(context).catch((error: unknown) => {
    if (!ending.signal.aborted) throw error
  })
  let recorded = 0
  const flowing = flow(chunks, (group, signal) => {
    recorded += group.entries.length
    return writer.write(group, signal)
  })
  await Promise.race([flowing, writing])
  ending.abort(new Error('recorded'))
  await writing
  if (recorded !== perRun) throw new Error(`${recorded} entries of ${perRun}`)
}

/** Everything on, as `auditor run` has it; the source waits for the journal, as replay does. */
async function flow(
  chunks: readonly Uint8Array[],
  write: (group: Group, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { run, backlog } = createPipeline({
    inspector,
    clock: systemClock,
    filter: 'NOT name:"ignored-*"',
    healthChecks: 'record',
    write,
  })
  const reading = source<Entry>(async (emit) => {
    const decoder = createDecoder({
      onEvent: (event) => void emit(recordOf(benchEngine, event)),
      onBad: ({ reason, text }) => {
        throw new Error(`${reason}: ${text}`)
      },
    })
    for (const chunk of chunks) {
      decoder.write(chunk)
      for (let left = backlog(); left.enriching > 2_000 || left.groups > 8; left = backlog()) {
        await setImmediate()
      }
    }
    decoder.end()
  })
  await lastValueFrom(reading.pipe(run), { defaultValue: undefined })
}

/** The recorded trace's inspect answers, the last of each container, at once. */
const inspector: Inspector = (() => {
  const file = join(import.meta.dirname, '../test/fixtures/traces/lifecycle/inspect.ndjson')
  const facts = new Map(
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; inspect?: unknown })
      .filter(({ inspect }) => inspect !== undefined)
      .map(({ id, inspect }) => [id, containerFacts(inspect)]),
  )
  return {
    inspect: (id) => Promise.resolve(facts.get(id)),
    list: () => Promise.resolve([...facts.keys()]),
  }
})()
