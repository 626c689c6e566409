import type { TestContext } from 'node:test'
import { createWatcher, type Watcher, type WatcherOptions } from '../../../src/docker/watcher.ts'
import type { Entry, Gap, Marker, Record } from '../../../src/model/entry.ts'
import { createEngineCore, type EngineCore } from '../../../src/testing/core.ts'
import { createScriptedEngine, type ScriptedEngine } from '../../../src/testing/scripted.ts'
import { createManualClock, type ManualClock } from '../manual-clock.ts'

/** A watcher over an engine that remembers four events, and everything it told. */
export interface Scene {
  readonly clock: ManualClock
  readonly core: EngineCore
  readonly engine: ScriptedEngine
  readonly watcher: Watcher
  readonly entries: readonly Entry[]
  readonly said: readonly string[]
  /** What was told, in short: `start a`, `gap reconnect`, `engine-lost`. */
  readonly told: () => string[]
  readonly ended: Promise<void>
  readonly stop: () => Promise<void>
}

export async function watch(
  t: TestContext,
  options: Partial<WatcherOptions> = {},
  prepare: (scene: Pick<Scene, 'core' | 'engine'>) => void = () => undefined,
  makeEngine: (core: EngineCore) => ScriptedEngine = createScriptedEngine,
): Promise<Scene> {
  const clock = createManualClock()
  const core = createEngineCore({ id: 'engine-1', ringSize: 4, clock })
  const engine = makeEngine(core)
  prepare({ core, engine })
  const entries: Entry[] = []
  const said: string[] = []
  const say = (level: string) => (_: object, message: string) =>
    void said.push(`${level}: ${message}`)
  const watcher = createWatcher({
    engine,
    resume: () => Promise.resolve(undefined),
    emit: (entry) => entries.push(entry),
    log: { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') },
    clock,
    remembers: 4,
    ...options,
  })
  const end = new AbortController()
  const ended = watcher.run({ name: 'w', signal: end.signal, clock, restarts: 0 })
  ended.catch(() => undefined)
  const stop = async (): Promise<void> => {
    end.abort(new Error('stopped'))
    await ended
  }
  t.after(() => stop().catch(() => undefined))
  await clock.settle()
  return {
    clock,
    core,
    engine,
    watcher,
    entries,
    said,
    told: () => entries.map(short),
    ended,
    stop,
  }
}

function short(entry: Entry): string {
  if (entry.kind === 'gap') return `gap ${entry.cause}`
  if (entry.kind === 'marker') return entry.marker
  if (entry.kind === 'life') return `life ${entry.container.id}`
  if (entry.kind === 'alert') return `alert ${entry.rule}`
  if (entry.kind === 'finding') return `finding ${entry.container.id}`
  return `${entry.event.action} ${entry.event.actorId}`
}

export const gapsOf = (entries: readonly Entry[]): Gap[] =>
  entries.filter((entry) => entry.kind === 'gap')
export const markersOf = (entries: readonly Entry[]): Marker[] =>
  entries.filter((entry) => entry.kind === 'marker')
export const recordsOf = (entries: readonly Entry[]): Record[] =>
  entries.filter((entry) => entry.kind === 'record')
