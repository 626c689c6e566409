import type { AgentIdentity } from '../agent/agent-identity.ts'
import type { Health } from '../agent/health.ts'
import { jsonText } from './json.ts'

/** What the endpoints tell of. */
export interface Observed {
  readonly agent: AgentIdentity
  health(): Promise<Health>
  /** Prometheus text exposition. */
  metrics(): Promise<string>
  readonly metricsContentType: string
}

export interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** @param path of the request, with or without a query */
export type App = (method: string, path: string) => Promise<Answer>

/**
 * The agent's read-only HTTP endpoints:
 * `/livez` the process works; `/readyz` 200 while events are recorded, else 503, both with the
 * details as JSON; `/metrics` for Prometheus. Nothing else is there, and nothing can be changed.
 */
export function createApp(observed: Observed): App {
  const pages: { readonly [path: string]: () => Promise<Answer> | Answer } = {
    '/': () => text(200, 'auditor\n\n/livez\n/readyz\n/metrics\n'),
    '/livez': () => text(200, 'ok\n'),
    '/readyz': async () => {
      const health = await observed.health()
      return {
        status: health.state === 'failing' ? 503 : 200,
        contentType: 'application/json',
        body: `${jsonText({ agent: observed.agent, ...health })}\n`,
      }
    },
    '/metrics': async () => ({
      status: 200,
      contentType: observed.metricsContentType,
      body: await observed.metrics(),
    }),
  }
  return async (method, path) => {
    if (method !== 'GET' && method !== 'HEAD') {
      return text(405, 'only GET and HEAD are answered here\n')
    }
    const [name = ''] = path.split('?', 1)
    const page = Object.hasOwn(pages, name) ? pages[name] : undefined
    return page?.() ?? text(404, 'not found; there are /livez, /readyz and /metrics\n')
  }
}

function text(status: number, body: string): Answer {
  return { status, contentType: 'text/plain; charset=UTF-8', body }
}
