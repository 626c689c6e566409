import type { AgentIdentity } from '../agent/agent-identity.ts'
import type { Health } from '../agent/health.ts'
import { jsonText } from './json.ts'
import { createTapPage, type TapSource } from './tap.ts'

/** What the endpoints tell of. */
export interface Observed {
  readonly agent: AgentIdentity
  health(): Promise<Health>
  /** Prometheus text exposition. */
  metrics(): Promise<string>
  readonly metricsContentType: string
  /** What passes a stage of a running pipeline; absent while nothing runs. */
  readonly tap?: TapSource | undefined
}

export interface Answer {
  readonly status: number
  readonly contentType: string
  /** Pieces are sent as they come; the signal is aborted when the reader has gone. */
  readonly body: string | ((reader: AbortSignal) => AsyncIterable<string>)
}

/** Who asks. */
export interface Asker {
  /** Its address. */
  readonly address: string
  /** The name it asked for. */
  readonly host: string
}

/** @param path of the request, with or without a query */
export type App = (method: string, path: string, asker?: Asker) => Promise<Answer>

/**
 * The agent's read-only HTTP endpoints:
 * `/livez` the process works; `/readyz` 200 while events are recorded, else 503, both with the
 * details as JSON; `/metrics` for Prometheus; `/tap` for this machine alone, see `tap.ts`. Nothing else is there, and nothing can be changed.
 */
export function createApp(observed: Observed): App {
  const taps = createTapPage(() => observed.tap)
  const pages: { readonly [path: string]: () => Promise<Answer> | Answer } = {
    '/': () => text(200, 'auditor\n\n/livez\n/readyz\n/metrics\n/tap\n'),
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
  return async (method, path, asker) => {
    if (method !== 'GET' && method !== 'HEAD') {
      return text(405, 'only GET and HEAD are answered here\n')
    }
    const [name = ''] = path.split('?', 1)
    if (name === '/tap') return taps(new URLSearchParams(path.slice(name.length)), asker)
    const page = Object.hasOwn(pages, name) ? pages[name] : undefined
    return page?.() ?? text(404, 'not found; there are /livez, /readyz, /metrics and /tap\n')
  }
}

function text(status: number, body: string): Answer {
  return { status, contentType: 'text/plain; charset=UTF-8', body }
}
