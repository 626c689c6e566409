import type { IncomingMessage, ServerResponse } from 'node:http'
import { systemClock } from '../actors/clock.ts'
import { about, inspectAnswerOf, listAnswer, pingHeaders, versionAnswer } from './answers.ts'
import type { EngineCore } from './core.ts'
import { minor } from './event.ts'
import type { Fault, Route } from './fault.ts'
import { metricsText } from './metrics.ts'

/** Answers one HTTP request as an engine does, or as the faults say. */
export function answerRequest(
  core: EngineCore,
  faults: ReadonlyMap<Route, Fault>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '/', 'http://engine')
  const [, version, path] = /^(?:\/v(\d+\.\d+))?(\/.*)$/.exec(url.pathname)!
  const route = routeOf(path!)
  if (request.method !== 'GET' || route === undefined) {
    sendError(response, 404, 'page not found')
    return
  }
  const refused = version === undefined ? undefined : versionRefused(core, version)
  const usual = (): void =>
    refused === undefined
      ? answer(core, route, { path: path!, version, query: url.searchParams, request }, response)
      : sendError(response, 400, refused)
  const fault = faults.get(route)
  if (fault === undefined) usual()
  else goWrong(fault, response, usual)
}

function versionRefused({ apiVersion }: EngineCore, version: string): string | undefined {
  const oldest = minor(apiVersion) < 52 ? 24 : 44
  if (minor(version) > minor(apiVersion))
    return `client version ${version} is too new. Maximum supported API version is ${apiVersion}`
  if (minor(version) >= oldest) return undefined
  return `client version ${version} is too old. Minimum supported API version is 1.${oldest}, please upgrade your client to a newer version`
}

function routeOf(path: string): Route | undefined {
  if (path === '/_ping') return 'ping'
  if (path === '/info') return 'info'
  if (path === '/version') return 'version'
  if (path === '/events') return 'events'
  if (path === '/metrics') return 'metrics'
  if (path === '/containers/json') return 'list'
  return /^\/containers\/[^/]+\/json$/.test(path) ? 'inspect' : undefined
}

interface Asked {
  /** Without the version. */
  readonly path: string
  readonly version: string | undefined
  readonly query: URLSearchParams
  readonly request: IncomingMessage
}

function answer(core: EngineCore, route: Route, asked: Asked, response: ServerResponse): void {
  switch (route) {
    case 'ping':
      response.writeHead(200, { 'content-type': 'text/plain', ...pingHeaders(core) })
      response.end('OK')
      return
    case 'info':
      sendJson(response, about(core))
      return
    case 'version':
      sendJson(response, versionAnswer(core))
      return
    case 'metrics':
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
      response.end(metricsText(core))
      return
    case 'list':
      sendJson(response, listAnswer(core, /^(?:1|true)$/i.test(asked.query.get('all') ?? '')))
      return
    case 'inspect':
      inspect(core, decodeURIComponent(asked.path.split('/')[2]!), response)
      return
    case 'events':
      stream(core, asked, response)
      return
  }
}

function inspect(core: EngineCore, idOrName: string, response: ServerResponse): void {
  const found = inspectAnswerOf(core, idOrName)
  if (found === undefined) sendError(response, 404, `No such container: ${idOrName}`)
  else sendJson(response, found)
}

function stream(core: EngineCore, asked: Asked, response: ServerResponse): void {
  const since = nanos(asked.query.get('since'))
  const until = nanos(asked.query.get('until'))
  if (since !== undefined && until !== undefined && since > until) {
    sendError(response, 400, '`since` time cannot be after `until` time')
    return
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  // Podman says nothing at all before its first event.
  if (core.kind === 'docker') response.flushHeaders()
  const opened = core.subscribe(
    {
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
      ...(asked.version === undefined ? {} : { apiVersion: asked.version }),
    },
    {
      write: (text) => response.write(text),
      end: () => response.end(),
      // What was sent before still arrives; the end of a chunked answer does not.
      cut: () => response.write('', () => response.socket?.destroySoon()),
    },
  )
  response.on('drain', () => opened.drained())
  response.on('close', () => opened.close())
}

function goWrong(fault: Fault, response: ServerResponse, usual: () => void): void {
  switch (fault.kind) {
    case 'status':
      sendError(response, fault.status, fault.message ?? 'a fault of the test')
      return
    case 'hang':
      return
    case 'slow':
      systemClock.after(fault.ms, usual)
      return
    case 'endless':
      sendEndlessly(response)
      return
    case 'body':
      response.end(fault.body)
      return
    case 'redirect':
      response.writeHead(301, { location: fault.to }).end()
      return
    case 'drop':
      response.socket?.destroy()
      return
  }
}

function sendEndlessly(response: ServerResponse): void {
  const block = Buffer.alloc(65_536, ' ')
  const send = (): void => {
    while (!response.destroyed && response.write(block)) continue
  }
  response.on('drain', send)
  response.writeHead(200, { 'content-type': 'application/json' })
  send()
}

function sendJson(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

function sendError(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(`${JSON.stringify({ message })}\n`)
}

/** Docker's `since` and `until`: `seconds` or `seconds.nanoseconds`. */
function nanos(value: string | null): bigint | undefined {
  if (value === null || value === '') return undefined
  const [seconds, fraction = ''] = value.split('.')
  return BigInt(seconds!) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))
}
