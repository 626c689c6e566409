import { Agent, request, type IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { systemClock } from '../actors/clock.ts'
import type { ListenAddress } from '../config/address.ts'
import { asError } from '../model/errors.ts'

/** What a running agent answers. */
export interface AgentAnswer {
  readonly status: number
  readonly body: string
}

/** What the answer of `/readyz` is trusted to hold, once it was looked at. */
export interface Readiness {
  readonly state: string
  readonly reasons: readonly string[]
  readonly agent: { readonly pid: number; readonly data: string; readonly journal: string }
  readonly sinks: readonly {
    readonly name: string
    readonly state: string
    readonly lastError?: string
    /** Milliseconds since the epoch, as the others. */
    readonly lastErrorAt?: number
    readonly failingSince?: number
    readonly retryAt?: number
    readonly lastSuccessAt?: number
  }[]
}

/** Where an agent that listens there is asked: the wildcard addresses are asked on loopback. */
export function urlOf({ host, port }: ListenAddress): string {
  const asked = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${asked.includes(':') ? `[${asked}]` : asked}:${port}`
}

/**
 * Asks an agent. Not by `fetch`, which refuses some ports, nor through a proxy of the environment.
 *
 * @throws Error saying in a few words why there is no answer
 */
export async function askAgent(
  listen: ListenAddress,
  path: string,
  signal: AbortSignal,
  deadlineMs: number,
): Promise<AgentAnswer> {
  const deadline = AbortSignal.timeout(deadlineMs)
  try {
    const asking = request(urlOf(listen) + path, {
      agent: new Agent(),
      signal: AbortSignal.any([signal, deadline]),
    }).end()
    const [answer] = (await once(asking, 'response')) as [IncomingMessage]
    return { status: answer.statusCode ?? 0, body: await text(answer) }
  } catch (thrown) {
    const why = deadline.aborted ? `nothing within ${deadlineMs} ms` : asError(thrown).message
    throw new Error(why, { cause: thrown })
  }
}

/**
 * Asks an agent for what has no end; the deadline is that of the answer's beginning.
 *
 * @throws Error saying in a few words why there is no answer
 */
export async function listenToAgent(
  listen: ListenAddress,
  path: string,
  signal: AbortSignal,
  deadlineMs: number,
): Promise<{ readonly status: number; readonly body: IncomingMessage }> {
  const late = new AbortController()
  const inTime = systemClock.after(deadlineMs, () => late.abort())
  try {
    const asking = request(urlOf(listen) + path, {
      agent: new Agent(),
      signal: AbortSignal.any([signal, late.signal]),
    }).end()
    const [body] = (await once(asking, 'response')) as [IncomingMessage]
    return { status: body.statusCode ?? 0, body }
  } catch (thrown) {
    const why = late.signal.aborted ? `nothing within ${deadlineMs} ms` : asError(thrown).message
    throw new Error(why, { cause: thrown })
  } finally {
    inTime()
  }
}

/** The body of `/readyz`; `undefined` where something else answered. */
export function readinessOf({ body }: AgentAnswer): Readiness | undefined {
  try {
    const said = JSON.parse(body) as Partial<Readiness> | null
    const { state, reasons, agent, sinks } = said ?? {}
    if (typeof state !== 'string' || !Array.isArray(reasons) || !Array.isArray(sinks))
      return undefined
    if (typeof agent?.journal !== 'string') return undefined
    return { state, reasons, agent, sinks }
  } catch {
    return undefined // no JSON: it is not an agent
  }
}
