import { containerFacts } from '../docker/facts.ts'
import type { Engine } from '../docker/port.ts'
import type { EngineCore } from './core.ts'

/** The port without HTTP: for properties, under a clock that the test moves. */
export interface ScriptedEngine extends Engine {
  /** While true, nothing can connect. */
  refusing: boolean
  /** How often each kind of request came. */
  readonly calls: { info: number; open: number; list: number; inspect: number }
}

export function createScriptedEngine(core: EngineCore): ScriptedEngine {
  const calls = { info: 0, open: 0, list: 0, inspect: 0 }
  const called = (what: keyof typeof calls): void => {
    calls[what]++
    if (!engine.refusing) return
    throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  }
  const engine: ScriptedEngine = {
    endpoint: 'scripted:',
    refusing: false,
    calls,
    async info() {
      called('info')
      const { id, name, version, apiVersion } = core
      return Promise.resolve({ ref: { id, name, version, apiVersion }, time: core.now() })
    },
    async ping() {
      called('info')
      return Promise.resolve()
    },
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
      const chunks: Uint8Array[] = []
      let state: 'open' | 'ended' | 'cut' = 'open'
      let wake = (): void => undefined
      const become = (next: typeof state): void => {
        state = next
        wake()
      }
      const leave = core.subscribe(
        { ...(since === 'now' ? {} : { since }), ...(until === undefined ? {} : { until }) },
        {
          send(text) {
            chunks.push(Buffer.from(text))
            wake()
          },
          end: () => become('ended'),
          cut: () => become('cut'),
        },
      )
      const onAbort = (): void => become('cut')
      signal.addEventListener('abort', onAbort, { once: true })
      try {
        for (;;) {
          signal.throwIfAborted()
          const chunk = chunks.shift()
          if (chunk !== undefined) yield chunk
          else if ((state as string) === 'ended') return
          else if ((state as string) === 'cut') throw new Error('the connection was cut')
          else await new Promise<void>((resolve) => (wake = resolve))
        }
      } finally {
        leave()
        signal.removeEventListener('abort', onAbort)
      }
    },
  }
  return engine
}
