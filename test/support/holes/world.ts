import { createRecorder } from '../../../src/agent/recorder.ts'
import type { Engine } from '../../../src/docker/port.ts'
import type { Clock } from '../../../src/actors/clock.ts'
import { createMemoryJournal } from '../../../src/journal/memory.ts'
import type { Journal } from '../../../src/journal/journal.ts'
import { silentLog } from '../../../src/model/log.ts'
import type { Entry } from '../../../src/model/entry.ts'
import { createEngineCore, type EngineCore } from '../../../src/testing/core.ts'
import { createScriptedEngine, type ScriptedEngine } from '../../../src/testing/scripted.ts'
import { createManualClock, type ManualClock } from '../manual-clock.ts'
import { createLives, type Lives } from './lives.ts'

/** What a planted bug may change. */
export interface Bug {
  readonly engine?: (engine: Engine) => Engine
  readonly journal?: (journal: Journal) => Journal
  readonly clock?: (clock: Clock) => Clock
  /** What is written instead of these entries. */
  readonly write?: (entries: readonly Entry[]) => readonly Entry[]
}

/** An engine with its containers, a recorder that comes and goes, and the journal that stays. */
export interface World extends AsyncDisposable {
  readonly clock: ManualClock
  readonly core: EngineCore
  readonly engine: ScriptedEngine
  readonly lives: Lives
  readonly journal: Journal
  startAgent(): void
  /** As by `kill -9`: what is not in the journal is lost. */
  killAgent(): Promise<void>
}

export function createWorld(bug: Bug, ringSize: number, counts = false): World {
  const clock = createManualClock()
  const core = createEngineCore({ id: 'engine-1', ringSize, clock })
  const engine = createScriptedEngine(core, { counts })
  const lives = createLives(core, clock)
  const journal = createMemoryJournal({ clock })
  let life: { kill(): Promise<void> } | undefined

  return {
    clock,
    core,
    engine,
    lives,
    journal,
    startAgent() {
      let isDead = false
      const ending = new AbortController()
      const abandoning = new AbortController()
      const recorder = createRecorder({
        engine: bug.engine?.(engine) ?? engine,
        settings: {},
        journal: bug.journal?.(journal) ?? journal,
        async write({ entries, resume }) {
          if (isDead) return
          await journal.append(bug.write?.(entries) ?? entries, resume)
        },
        abandon: abandoning.signal,
        clock: bug.clock?.(clock) ?? clock,
        log: silentLog,
      })
      const context = { name: 'recorder', signal: ending.signal, clock, restarts: 0 }
      const ended = recorder.run(context)
      life = {
        async kill() {
          isDead = true
          abandoning.abort()
          ending.abort(new Error('killed'))
          await ended
        },
      }
    },
    async killAgent() {
      await life?.kill()
      life = undefined
    },
    async [Symbol.asyncDispose]() {
      await life?.kill()
      await journal[Symbol.asyncDispose]()
    },
  }
}
