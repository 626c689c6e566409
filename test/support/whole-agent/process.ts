import type { DatabaseSync } from 'node:sqlite'
import { createAuditor, type Auditor } from '../../../src/agent/auditor.ts'
import type { SinkPart } from '../../../src/agent/parts.ts'
import type { Clock } from '../../../src/actors/clock.ts'
import type { Engine } from '../../../src/docker/port.ts'
import { createCore, createLocalCaller, type Caller } from '../../../src/journal/caller.ts'
import { createJournal } from '../../../src/journal/facade.ts'
import { silentLog } from '../../../src/model/log.ts'
import type { ManualClock } from '../manual-clock.ts'

const never = (): Promise<never> => new Promise(() => undefined)
/** What changes the journal: a process may die right before such a call, or right after. */
const CHANGES = new Set(['append', 'commit', 'register'])

/** Where a planted bug may sit. */
export interface Bug {
  /** Between the journal and its database. */
  readonly caller?: (caller: Caller) => Caller
  /** Between the agent and a sink. */
  readonly part?: (part: SinkPart) => SinkPart
  /** Between the agent and the engine. */
  readonly engine?: (engine: Engine) => Engine
}

/** An agent's process: what it does after its death reaches nobody. */
export interface AgentProcess {
  readonly auditor: Auditor
  readonly dead: boolean
  /** Dies at the `after`-th change from now on, which is still made where `made` is set. */
  dieAt(after: number, made: boolean): void
  die(): void
}

export function startProcess(parts: {
  readonly db: DatabaseSync
  readonly engine: Engine
  readonly sinks: readonly SinkPart[]
  readonly clock: ManualClock
  readonly bug: Bug
}): AgentProcess {
  const { db, bug } = parts
  let dead = false
  const clock: Clock = {
    ...parts.clock,
    after: (ms, run) => parts.clock.after(ms, () => (dead ? undefined : run())),
    async sleep(ms, signal) {
      await parts.clock.sleep(ms, signal)
      if (dead) await never()
    },
  }
  let death: { after: number; readonly made: boolean } | undefined

  const local = createLocalCaller(createCore(db, 'memory', 'both', {}), () => undefined)
  const alive = bug.caller?.(local) ?? local
  const caller: Caller = {
    async call(method, ...args) {
      if (!dead && death !== undefined && CHANGES.has(method) && --death.after <= 0) {
        dead = true
        if (death.made) await alive.call(method, ...args)
      }
      return dead ? never() : alive.call(method, ...args)
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  const engine: Engine = {
    ...parts.engine,
    info: (signal) => (dead ? never() : parts.engine.info(signal)),
    list: (signal) => (dead ? never() : parts.engine.list(signal)),
    inspect: (id, signal) => (dead ? never() : parts.engine.inspect(id, signal)),
    async *open(options) {
      for await (const chunk of parts.engine.open(options)) yield dead ? await never() : chunk
    },
  }
  const sinks = parts.sinks.map((part): SinkPart => {
    const { sink } = part
    return {
      ...part,
      sink: {
        name: sink.name,
        open: (signal) => (dead ? never() : (sink.open?.(signal) ?? Promise.resolve())),
        deliver: (batch, signal) => (dead ? never() : sink.deliver(batch, signal)),
      },
    }
  })
  const auditor = createAuditor({
    engines: [bug.engine?.(engine) ?? engine],
    journal: createJournal({ writer: caller, reader: caller, clock, log: silentLog }),
    sinks: sinks.map((part) => bug.part?.(part) ?? part),
    restart: { maxRestarts: Number.POSITIVE_INFINITY },
    silenceMs: 60_000,
    clock,
  })
  return {
    auditor,
    get dead() {
      return dead
    },
    dieAt(after, made) {
      death = { after, made }
    },
    die() {
      dead = true
    },
  }
}
