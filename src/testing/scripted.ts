import { containerFacts } from '../docker/facts.ts'
import type { Engine } from '../docker/port.ts'
import type { EngineCore } from './core.ts'
import type { Transport } from './stream.ts'

/** The port without HTTP: for properties, under a clock that the test moves. */
export interface ScriptedEngine extends Engine {
  /** While true, nothing can connect. */
  refusing: boolean
  /** While true, the reader of the streams does not come to read, as a process that is stopped. */
  paused: boolean
  /** How often each kind of request came. */
  readonly calls: { info: number; open: number; list: number; inspect: number }
}

export interface ScriptedOptions {
  /** Events between engine and reader, as in a socket's buffers, at least 1. Default 256. */
  readonly wire?: number
  /** Whether its count of events can be read. Default false. */
  readonly counts?: boolean
}

export function createScriptedEngine(
  core: EngineCore,
  { wire: room = 256, counts = false }: ScriptedOptions = {},
): ScriptedEngine {
  const calls = { info: 0, open: 0, list: 0, inspect: 0 }
  const wakes = new Set<() => void>()
  let isPaused = false
  const called = (what: keyof typeof calls): void => {
    calls[what]++
    if (!engine.refusing) return
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  }
  const engine: ScriptedEngine = {
    endpoint: 'scripted:',
    refusing: false,
    get paused() {
      return isPaused
    },
    set paused(value) {
      isPaused = value
      for (const wake of wakes) wake()
    },
    calls,
    async info() {
      called('info')
      const { id, name, version, apiVersion, queue, kind } = core
      const ref = { id, name, version, apiVersion }
      return Promise.resolve({ ref, time: core.now(), ...(kind === 'docker' ? { queue } : {}) })
    },
    async ping() {
      called('info')
      return Promise.resolve()
    },
    ...(counts
      ? {
          async count() {
            called('info')
            const { total, startedAt, id: engineId } = core
            return Promise.resolve({ total, life: String(startedAt), engineId })
          },
        }
      : {}),
    async list() {
      called('list')
      return Promise.resolve([...core.containers.keys()])
    },
    async inspect(id) {
      called('inspect')
      return Promise.resolve(containerFacts(core.containers.get(id)))
    },
    async *open({ since, until, signal }) {
      called('open')
      const wire: string[] = []
      let state: 'open' | 'ended' | 'cut' = 'open'
      let wake = (): void => undefined
      const awake = (): void => wake()
      const become = (next: typeof state): void => {
        state = next
        wake()
      }
      const transport: Transport = {
        write(text) {
          wire.push(text)
          wake()
          return wire.length < room
        },
        end: () => become('ended'),
        cut: () => become('cut'),
      }
      const interval = {
        ...(since === 'now' ? {} : { since }),
        ...(until === undefined ? {} : { until }),
      }
      const stream = core.subscribe(interval, transport)
      const onAbort = (): void => become('cut')
      signal.addEventListener('abort', onAbort, { once: true })
      wakes.add(awake)
      try {
        for (;;) {
          signal.throwIfAborted()
          const text = isPaused ? undefined : wire.shift()
          if (text !== undefined) {
            if (wire.length === room - 1) stream.drained()
            yield Buffer.from(text)
          } else if (!isPaused && (state as string) === 'ended') return
          else if (!isPaused && (state as string) === 'cut')
            throw new Error('the connection was cut')
          else await new Promise<void>((resolve) => (wake = resolve))
        }
      } finally {
        wakes.delete(awake)
        stream.close()
        signal.removeEventListener('abort', onAbort)
      }
    },
  }
  return engine
}
