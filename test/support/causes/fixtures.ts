import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createDecoder } from '../../../src/docker/decode.ts'
import { traceFiles } from '../../../src/docker/trace.ts'
import type { DockerEvent } from '../../../src/model/docker-event.ts'
import { decodeEntry } from '../../../src/model/entry-codec.ts'
import type { EngineRef, Entry } from '../../../src/model/entry.ts'
import type { Nanoseconds } from '../../../src/model/time.ts'
import { parseExportLine } from '../../../src/query/export-format.ts'
import { containerName, type RecordingSet, type ScenarioTruth, type Truth } from './truth.ts'
import { unsqueezed } from './zipped.ts'

/** What an engine said of a container when it was asked. */
export interface InspectAnswer {
  readonly at: Nanoseconds
  /** The event it was asked for; `look` where the recording script asked by itself. */
  readonly action: string
  readonly id: string
  readonly inspect?: object
  readonly error?: string
}

/** Every scenario on one engine, as recorded, with the truth. */
export interface CauseFixture {
  readonly name: string
  readonly engine: EngineRef
  readonly truth: Truth
  /** In the order in which the engine sent them. */
  readonly events: readonly DockerEvent[]
  /** In the order of time. */
  readonly inspects: readonly InspectAnswer[]
  /** By its name; spoilt ones are left out. */
  readonly containers: ReadonlyMap<string, ScenarioTruth>
}

/** A journal that was recorded while its engine was ended again and again. */
export interface EngineEndsFixture {
  readonly name: string
  readonly truth: Truth
  readonly entries: readonly Entry[]
  readonly containers: ReadonlyMap<string, ScenarioTruth>
}

const fixtures = join(import.meta.dirname, '../../fixtures')

/** The engines there are recordings of. */
export const fixturesOf = (set: RecordingSet): readonly string[] =>
  readdirSync(join(fixtures, set)).sort()

export const causeFixtures: readonly string[] = fixturesOf('causes')

export function readCauseFixture(name: string, set: RecordingSet = 'causes'): CauseFixture {
  const text = textOf.bind(undefined, set)
  const truth = JSON.parse(text(name, 'truth.json')) as Truth
  return {
    name,
    engine: JSON.parse(text(name, traceFiles.engine)) as EngineRef,
    truth,
    events: eventsOf(text(name, `${traceFiles.events}.zst`)),
    inspects: linesOf(text(name, `${traceFiles.inspect}.zst`)).map(answerOf),
    containers: containersOf(truth, set),
  }
}

/** `undefined` where this engine was not ended: its containers do not depend on it. */
export function readEngineEnds(name: string): EngineEndsFixture | undefined {
  const text = textOf.bind(undefined, 'causes')
  if (!readdirSync(join(fixtures, 'causes', name)).includes('engine-ends.json')) return undefined
  const truth = JSON.parse(text(name, 'engine-ends.json')) as Truth
  const all = linesOf(text(name, 'engine-ends.ndjson.zst')).flatMap((line) => {
    const parsed = parseExportLine(line)
    return parsed?.is === 'entry' ? [decodeEntry(parsed.link.body)] : []
  })
  // What was told of lives by the rules of that day is left out.
  const entries = all.filter(({ kind }) => kind !== 'life')
  return { name, truth, entries: entries.map(ofToday), containers: containersOf(truth, 'causes') }
}

/** Facts had no namespaces and capabilities on the day of the recording. */
function ofToday(entry: Entry): Entry {
  if (entry.kind !== 'record' || entry.container === undefined) return entry
  return { ...entry, container: { ...entry.container, hostNamespaces: [], capAdd: [] } }
}

/** Writes the fixture's trace into a folder, as `openTrace` reads it. */
export async function unpackTrace(name: string, dir: string, set: RecordingSet): Promise<void> {
  const text = textOf.bind(undefined, set)
  await mkdir(dir, { recursive: true })
  for (const file of [traceFiles.events, traceFiles.inspect]) {
    await writeFile(join(dir, file), text(name, `${file}.zst`))
  }
  await writeFile(join(dir, traceFiles.engine), text(name, traceFiles.engine))
}

function textOf(set: RecordingSet, name: string, file: string): string {
  const bytes = readFileSync(join(fixtures, set, name, file))
  return file.endsWith('.zst') ? unsqueezed(bytes) : bytes.toString('utf8')
}

function containersOf({ scenarios, spoilt }: Truth, set: RecordingSet): Map<string, ScenarioTruth> {
  const containers = new Map<string, ScenarioTruth>()
  for (const [scenario, truth] of Object.entries(scenarios)) {
    if ('skipped' in truth) continue
    for (let number = 1; number <= truth.times; number++) {
      const name = containerName(scenario, number, set)
      if (!spoilt.includes(name)) containers.set(name, truth)
    }
  }
  return containers
}

function eventsOf(text: string): DockerEvent[] {
  const events: DockerEvent[] = []
  const decoder = createDecoder({
    onEvent: (event) => void events.push(event),
    onBad: ({ reason }) => {
      throw new Error(`a line of the fixture is no event: ${reason}`)
    },
  })
  decoder.write(Buffer.from(text))
  decoder.end()
  return events
}

const linesOf = (text: string): string[] => text.trimEnd().split('\n')

function answerOf(line: string): InspectAnswer {
  // As text: a number of JavaScript's has not so many digits.
  const at = BigInt(/^\{"at":(\d+)/.exec(line)![1]!)
  return { ...(JSON.parse(line) as Omit<InspectAnswer, 'at'>), at }
}
