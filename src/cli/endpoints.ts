import { agentIdentity } from '../agent/agent-identity.ts'
import type { Auditor } from '../agent/auditor.ts'
import type { Health } from '../agent/health.ts'
import { createMetrics } from '../agent/metrics.ts'
import type { ListenAddress } from '../config/address.ts'
import { createApp } from '../web/app.ts'
import { listen, type RunningServer } from '../web/server.ts'
import { version } from '../model/version.ts'

/** The agent's HTTP endpoints, which tell of what runs at the moment. */
export interface Endpoints extends AsyncDisposable {
  /** From now on this is what they tell. */
  tellOf(source: Pick<Auditor, 'health'> & Partial<Pick<Auditor, 'entries$' | 'tap'>>): void
  /**
   * Answers from the first call on; returns where, or `undefined` where it should listen nowhere.
   *
   * @throws AuditorError `failed` where the address can't be listened on
   */
  open(): Promise<string | undefined>
}

/** @param dir the data directory */
export function createEndpoints(address: ListenAddress | 'off', dir: string): Endpoints {
  let health = (): Promise<Health> => Promise.reject(new Error('nothing runs yet'))
  let tap: Auditor['tap'] | undefined
  let server: Promise<RunningServer> | undefined
  const metrics = createMetrics(version, () => health())
  const app = createApp({
    get agent() {
      return agentIdentity(dir, version) // the journal is another one where one was set aside
    },
    health: () => health(),
    metrics: () => metrics.text(),
    metricsContentType: metrics.contentType,
    get tap() {
      return tap
    },
  })
  return {
    tellOf(source) {
      health = () => source.health()
      tap = source.tap === undefined ? undefined : (options) => source.tap!(options)
      source.entries$?.subscribe((entry) => metrics.recorded(entry))
    },
    async open() {
      if (address === 'off') return undefined
      return (await (server ??= listen(app, address))).url
    },
    async [Symbol.asyncDispose]() {
      // Where it could not listen, `open` has said so.
      await (await server?.catch(() => undefined))?.[Symbol.asyncDispose]()
    },
  }
}
