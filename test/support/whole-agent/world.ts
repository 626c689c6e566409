import { createView } from '../../../src/journal/view.ts'
import { createCore, createLocalCaller } from '../../../src/journal/caller.ts'
import { openForWriting } from '../../../src/journal/database.ts'
import { createEntryReader } from '../../../src/journal/entry-reader.ts'
import type { DeadLetter } from '../../../src/model/delivery.ts'
import { migrate } from '../../../src/journal/schema.ts'
import { eventId } from '../../../src/model/entry-id.ts'
import type { Seq, Sequenced } from '../../../src/model/entry.ts'
import { silentLog } from '../../../src/model/log.ts'
import { createEngineCore, type EngineCore } from '../../../src/testing/core.ts'
import { createScriptedEngine, type ScriptedEngine } from '../../../src/testing/scripted.ts'
import { createManualClock, type ManualClock } from '../manual-clock.ts'
import { createScriptedSink, type Behaviour, type ScriptedSink } from '../scripted-sink.ts'
import { startProcess, type AgentProcess, type Bug } from './process.ts'

/** An event that the engine told, by the id it must have. */
export interface Published {
  readonly id: string
  readonly container: string
  readonly time: bigint
}

/** An engine, an agent that may die, its disk, and two receivers: one is steady, one is not. */
export interface WholeWorld {
  readonly clock: ManualClock
  readonly core: EngineCore
  readonly engine: ScriptedEngine
  readonly published: readonly Published[]
  readonly receivers: readonly ScriptedSink[]
  readonly agent: AgentProcess
  publish(container: string, action: string): void
  /** While true, the database can't grow. */
  fillDisk(full: boolean): void
  /** A new process on the same disk. The one before is dead, or ends now. */
  startAgent(): Promise<void>
  /** What is on the disk. */
  entries(): Promise<Sequenced[]>
  deadLetters(): Promise<DeadLetter[]>
  end(): Promise<void>
}

export async function createWholeWorld(options: {
  readonly bug: Bug
  readonly behaviours: readonly Behaviour[]
  readonly isPoison: (seq: Seq) => boolean
}): Promise<WholeWorld> {
  const { bug, behaviours, isPoison } = options
  const clock = createManualClock()
  const core = createEngineCore({ id: 'engine-1', ringSize: 16, clock })
  const engine = createScriptedEngine(core)
  const db = openForWriting(':memory:')
  migrate(db, 'memory')
  const published: Published[] = []
  const receivers = [
    createScriptedSink('steady', [], clock),
    createScriptedSink('shaky', behaviours, clock, isPoison),
  ]
  const lives: AgentProcess[] = []
  const reader = createLocalCaller(createCore(db, 'memory', 'read'), () => undefined)
  const view = createView(reader, createEntryReader(silentLog))

  async function all<T>(from: AsyncIterable<T>): Promise<T[]> {
    const found: T[] = []
    for await (const each of from) found.push(each)
    return found
  }

  const world: WholeWorld = {
    clock,
    core,
    engine,
    published,
    receivers,
    get agent() {
      return lives.at(-1)!
    },
    publish(container, action) {
      const event = { action, id: container, attributes: { n: String(published.length) } }
      const { time } = core.publish(event)
      const identity = { type: 'container', actorId: container, ...event, time }
      published.push({ id: eventId(core.id, identity), container, time })
    },
    fillDisk(full) {
      const { page_count: pages } = db.prepare('PRAGMA page_count').get() as { page_count: number }
      db.exec(`PRAGMA max_page_count = ${full ? pages : 1_000_000}`)
    },
    async startAgent() {
      const before = lives.at(-1)
      // Its questions stay unanswered, so its end is not waited for.
      before?.die()
      void before?.auditor.stop(0)
      const sinks = receivers.map((sink) => ({
        sink,
        from: 'start' as const,
        batch: 4,
        every: 100,
        timeout: 1_000,
      }))
      const life = startProcess({ db, engine, sinks, clock, bug })
      lives.push(life)
      // A process may die in the middle of its start.
      const started = life.auditor.start()
      started.catch(() => undefined)
      await clock.settle()
    },
    entries: () => all(view.entries({})),
    deadLetters: () => all(view.deadLetters()),
    async end() {
      const stopped = world.agent.auditor.stop(0)
      await clock.advance(60_000)
      if (!world.agent.dead) await stopped
      db.close()
    },
  }
  await world.startAgent()
  return world
}
