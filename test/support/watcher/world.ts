import { createWatcher, type Watcher, type WatcherOptions } from '../../../src/docker/watcher.ts'
import type { Entry, Gap } from '../../../src/model/entry.ts'
import { eventId } from '../../../src/model/entry-id.ts'
import type { ResumePoint } from '../../../src/model/resume-point.ts'
import { silentLog } from '../../../src/model/log.ts'
import type { Engine } from '../../../src/docker/port.ts'
import { createManualClock, type ManualClock } from '../manual-clock.ts'
import { createEngineCore, type EngineCore } from '../../../src/testing/core.ts'
import type { SentEvent } from '../../../src/testing/event.ts'
import { createScriptedEngine, type ScriptedEngine } from '../../../src/testing/scripted.ts'

/** What a planted bug may change: the watcher's engine, its options, and what it emits. */
export interface Bug {
  readonly engine?: (engine: Engine) => Engine
  readonly options?: Partial<WatcherOptions>
  readonly emit?: (emit: (entry: Entry) => void) => (entry: Entry) => void
}

/** An event that was published, by the id it must have in the journal. */
export interface Published {
  readonly id: string
  readonly container: string
  readonly time: bigint
}

/** An engine, an agent that watches it, and the journal that outlives the agent. */
export interface World {
  readonly clock: ManualClock
  readonly core: EngineCore
  readonly engine: ScriptedEngine
  readonly published: readonly Published[]
  /** The entries that are safe, each id once, in order. */
  readonly journal: readonly Entry[]
  /** What one life of the agent emitted twice. */
  readonly emittedTwice: readonly string[]
  readonly watcher: () => Watcher
  publish(container: string, action: string, time: bigint, split?: boolean): void
  /** The engine sends what `publish` with `split` only remembered. */
  announceRest(): void
  /**
   * The agent dies, loses the last `lose` entries it had not journaled, and starts again.
   */
  restartAgent(lose: number): Promise<void>
  stop(): Promise<void>
}

/**
 * @param keeps so many entries are never lost: 2 are that it was connected, and the first event. An
 * engine that had none to show when it was connected leaves nothing to hold on to before.
 */
export function createWorld(bug: Bug, ringSize: number, keeps = 0): World {
  const clock = createManualClock()
  const core = createEngineCore({ id: 'engine-1', ringSize, clock })
  const engine = createScriptedEngine(core)
  const published: Published[] = []
  const emittedTwice: string[] = []
  const unannounced: SentEvent[] = []
  let journal: Entry[] = []
  /** Safe as soon as it is told. */
  let begun: ResumePoint | undefined
  let life: { watcher: Watcher; end: AbortController; ended: Promise<void> } | undefined

  function start(): void {
    const emitted = new Set<string>()
    const emit = (entry: Entry): void => {
      if (entry.kind === 'record' && emitted.has(entry.id)) emittedTwice.push(entry.id)
      emitted.add(entry.id)
      if (!journal.some(({ id }) => id === entry.id)) journal.push(entry)
    }
    const resume = resumePoint()
    const watcher = createWatcher({
      engine: bug.engine?.(engine) ?? engine,
      resume: async () => Promise.resolve(resume),
      begun: (point) => (begun = point),
      emit: bug.emit?.(emit) ?? emit,
      log: silentLog,
      clock,
      marginMs: 1_000,
      snapshot: false,
      ...bug.options,
    })
    const end = new AbortController()
    const ended = watcher.run({ name: 'watcher', signal: end.signal, clock, restarts: 0 })
    life = { watcher, end, ended }
  }

  function resumePoint(): ResumePoint | undefined {
    const last = journal.findLast((entry) => entry.kind === 'record')
    return last === undefined ? begun : { engineId: core.id, id: last.id, time: last.time }
  }

  async function stop(): Promise<void> {
    life?.end.abort(new Error('stopped'))
    await life?.ended
  }

  start()
  return {
    clock,
    core,
    engine,
    published,
    emittedTwice,
    get journal() {
      return journal
    },
    watcher: () => life!.watcher,
    publish(container, action, time, split = false) {
      const event = { id: container, action, time, attributes: { n: String(published.length) } }
      const sent = core.append(event)
      const identity = { type: 'container', actorId: container, scope: 'local', ...event }
      published.push({ id: eventId(core.id, identity), container, time })
      if (split) unannounced.push(sent)
      else core.announce(sent)
    },
    announceRest() {
      for (const sent of unannounced.splice(0)) core.announce(sent)
    },
    async restartAgent(lose) {
      await stop()
      journal = journal.slice(0, Math.max(keeps, journal.length - lose))
      start()
    },
    stop,
  }
}

/** How far events of the generated schedules are out of order, at most. */
export const SKEW = 50_000_000n

/**
 * What P1 and P2 say of a finished world: nothing twice, nothing lost outside a gap, and each
 * container's events in the order the engine had them.
 */
export function brokenPromise(world: World): string | undefined {
  const places = new Map(world.journal.map(({ id }, place) => [id, place]))
  const gaps = world.journal.filter((entry): entry is Gap => entry.kind === 'gap')
  if (world.emittedTwice.length > 0) return `emitted twice: ${world.emittedTwice.join(', ')}`
  const last = new Map<string, number>()
  for (const { id, container, time } of world.published) {
    const place = places.get(id)
    if (place === undefined) {
      if (gaps.some(({ from, to }) => from - SKEW <= time && time <= to + SKEW)) continue
      return `lost outside every gap: an event of ${time}`
    }
    if (place < (last.get(container) ?? -1)) return `out of order: an event of ${container}`
    last.set(container, place)
  }
  return undefined
}
