import type { IncomingMessage } from 'node:http'
import Docker from 'dockerode'
import { systemClock, type Clock } from '../actors/clock.ts'
import { withDeadline } from '../actors/deadline.ts'
import { AuditorError, asError } from '../model/errors.ts'
import { parseNanos, type Nanoseconds } from '../model/time.ts'
import { createAgent } from './connections.ts'
import type { Endpoint } from './endpoint.ts'
import { createEngineCounter } from './engine-metrics.ts'
import { containerFacts } from './facts.ts'
import { httpError, readJson } from './http-answer.ts'
import { engineRef, readerQueue } from './identity.ts'
import { objectOf, text } from './json.ts'
import type { InspectableEngine } from './port.ts'

export interface DockerEngineOptions {
  readonly clock?: Clock
  /** Deadline of `info` and `ping`, in ms. Default 5,000. */
  readonly infoMs?: number
  /** Where the engine's metrics are served: `http://127.0.0.1:9323/metrics`. Default: nowhere. */
  readonly metrics?: string
  /** The most bytes of an answer about one container or the engine. Default 16 MiB. */
  readonly maxAnswerBytes?: number
  /** The most bytes of the list of containers. Default 128 MiB. */
  readonly maxListBytes?: number
}

type Modem = Docker['modem']

const MIB = 1_048_576
/** Every status comes back as an answer, so that it is read here, within bounds. */
const everyStatus = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [at + 100, true]))

/**
 * The engine at an endpoint, asked by dockerode's transport. Paths carry no version, so that the
 * engine speaks its newest dialect (P5). Answers are bounded; nothing is retried here.
 *
 * @throws AuditorError `config-invalid` when TLS files can't be read
 */
export function createDockerEngine(
  endpoint: Endpoint,
  options: DockerEngineOptions = {},
): InspectableEngine {
  const { clock = systemClock, infoMs = 5_000, maxAnswerBytes = 16 * MIB } = options
  const { maxListBytes = 128 * MIB, metrics } = options
  const modem = createModem(endpoint)
  // docker-modem loses a prefix before an absolute path.
  const prefix = endpoint.kind === 'tcp' ? endpoint.pathPrefix.replace(/\/$/, '') : ''

  function get(
    path: string,
    query: { readonly [name: string]: string },
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted()
      modem.dial(
        {
          path: `${prefix}${path}?`,
          method: 'GET',
          options: { ...query },
          isStream: true,
          abortSignal: signal,
          statusCodes: everyStatus,
        },
        (error, answer) => {
          if (error === null) resolve(answer as IncomingMessage)
          else reject(signal.aborted ? asError(signal.reason) : error)
        },
      )
    })
  }

  async function getJson(
    path: string,
    query: { readonly [name: string]: string },
    signal: AbortSignal,
    maxBytes = maxAnswerBytes,
  ): Promise<unknown> {
    const answer = await get(path, query, signal)
    if (answer.statusCode !== 200) throw await httpError(answer, `GET ${path}`)
    return readJson(answer, `GET ${path}`, maxBytes)
  }

  async function inspectJson(id: string, signal: AbortSignal): Promise<unknown> {
    const path = `/containers/${encodeURIComponent(id)}/json`
    const answer = await get(path, {}, signal)
    if (answer.statusCode === 404) {
      answer.resume()
      return undefined
    }
    if (answer.statusCode !== 200) throw await httpError(answer, `GET ${path}`)
    return readJson(answer, `GET ${path}`, maxAnswerBytes)
  }

  return {
    endpoint: endpoint.url,

    async *open({ since, until, signal }) {
      const query = {
        ...(since === 'now' ? {} : { since: seconds(since) }),
        ...(until === undefined ? {} : { until: seconds(until) }),
      }
      const answer = await get('/events', query, signal)
      if (answer.statusCode !== 200) throw await httpError(answer, 'GET /events')
      const { socket } = answer
      try {
        yield* answer as AsyncIterable<Uint8Array>
      } finally {
        // Left early, Node destroys an answer that has arrived whole and keeps its socket open.
        if (!answer.readableEnded) socket.destroy()
      }
    },

    inspectJson,

    async inspect(id, signal) {
      const answer = await inspectJson(id, signal)
      if (answer === undefined) return undefined
      const facts = containerFacts(answer)
      if (facts === undefined) throw new Error(`inspecting ${id}: the answer is about no container`)
      return facts
    },

    async list(signal, which = 'all') {
      const query = which === 'all' ? { all: '1' } : {}
      const answer = await getJson('/containers/json', query, signal, maxListBytes)
      if (!Array.isArray(answer)) throw new Error('GET /containers/json: the answer is no list')
      return answer.map((one) => text(objectOf(one), 'Id')).filter((id) => id !== '')
    },

    info: (signal) =>
      withDeadline(
        async (inTime) => {
          const [info, version] = await Promise.all([
            getJson('/info', {}, inTime),
            getJson('/version', {}, inTime),
          ])
          const time = parseNanos(text(objectOf(info), 'SystemTime'))
          const queue = readerQueue(version)
          return {
            ref: engineRef(info, version),
            time: time ?? clock.nowNanos(),
            ...(queue === undefined ? {} : { queue }),
          }
        },
        { what: 'asking the engine about itself', ms: infoMs, signal, clock },
      ),

    ...(metrics === undefined ? {} : { count: createEngineCounter(metrics) }),

    ping: (signal) =>
      withDeadline(
        async (inTime) => {
          const answer = await get('/_ping', {}, inTime)
          if (answer.statusCode !== 200) throw await httpError(answer, 'GET /_ping')
          answer.resume()
        },
        { what: 'GET /_ping', ms: infoMs, signal, clock },
      ),
  }
}

/**
 * Every option is given, since docker-modem takes the missing ones from the environment, which was
 * read in `endpoint.ts` already.
 */
function createModem(endpoint: Endpoint): Modem {
  const agent = createAgent(endpoint)
  const tcp = endpoint.kind === 'tcp' ? endpoint : undefined
  const options = {
    agent,
    socketPath: endpoint.kind === 'unix' ? endpoint.path : undefined,
    host: tcp?.host ?? (endpoint.kind === 'ssh' ? endpoint.host : undefined),
    port: tcp?.port,
    pathPrefix: '/',
    protocol: tcp?.tls === undefined ? ('http' as const) : ('https' as const),
    ca: undefined,
    cert: undefined,
    key: undefined,
    username: undefined,
    timeout: undefined,
  }
  try {
    return new Docker(options).modem
  } catch (error) {
    throw new AuditorError(
      'config-invalid',
      `DOCKER_HOST or DOCKER_CERT_PATH can't be used: ${asError(error).message}; correct or unset them`,
      { cause: error },
    )
  }
}

/** Docker's form of a moment: seconds, a point, nine digits. */
function seconds(time: Nanoseconds): string {
  const digits = String(time < 0n ? 0n : time).padStart(10, '0')
  return `${digits.slice(0, -9)}.${digits.slice(-9)}`
}
