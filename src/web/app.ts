import { Hono } from 'hono'
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

/**
 * The agent's read-only HTTP endpoints:
 * `/livez` the process works; `/readyz` 200 while events are recorded, else 503, both with the
 * details as JSON; `/metrics` for Prometheus. Nothing else is there, and nothing can be changed.
 */
export function createApp(observed: Observed): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    await next()
    c.header('Cache-Control', 'no-store')
    c.header('X-Content-Type-Options', 'nosniff')
    c.header('Content-Security-Policy', "default-src 'none'")
  })
  app.get('/livez', (c) => c.text('ok\n'))
  app.get('/readyz', async (c) => {
    const health = await observed.health()
    return c.body(
      `${jsonText({ agent: observed.agent, ...health })}\n`,
      health.state === 'failing' ? 503 : 200,
      {
        'Content-Type': 'application/json',
      },
    )
  })
  app.get('/metrics', async (c) =>
    c.body(await observed.metrics(), 200, { 'Content-Type': observed.metricsContentType }),
  )
  app.get('/', (c) => c.text('auditor\n\n/livez\n/readyz\n/metrics\n'))
  app.all('*', (c) =>
    c.req.method === 'GET' || c.req.method === 'HEAD'
      ? c.text('not found; there are /livez, /readyz and /metrics\n', 404)
      : c.text('only GET and HEAD are answered here\n', 405),
  )
  return app
}
