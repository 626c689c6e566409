import type { IncomingMessage, ServerResponse } from 'node:http'
import type { EngineCore } from './core.ts'
import type { Fault, Route } from './fault.ts'

/** Answers one HTTP request as Docker does, or as the faults say. */
export function answerRequest(
  core: EngineCore,
  faults: ReadonlyMap<Route, Fault>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const url = new URL(request.url ?? '/', 'http://engine')
  const path = url.pathname.replace(/^\/v\d+\.\d+(?=\/)/, '')
  const route = routeOf(path)
  if (request.method !== 'GET' || route === undefined) {
    sendError(response, 404, 'page not found')
    return
  }
  const usual = (): void => answer(core, route, path, url.searchParams, response)
  const fault = faults.get(route)
  if (fault === undefined) usual()
  else goWrong(fault, response, usual)
}

function routeOf(path: string): Route | undefined {
  if (path === '/_ping') return 'ping'
  if (path === '/info') return 'info'
  if (path === '/version') return 'version'
  if (path === '/events') return 'events'
  if (path === '/containers/json') return 'list'
  return /^\/containers\/[^/]+\/json$/.test(path) ? 'inspect' : undefined
}

function answer(
  core: EngineCore,
  route: Route,
  path: string,
  query: URLSearchParams,
  response: ServerResponse,
): void {
  switch (route) {
    case 'ping':
      response.writeHead(200, { 'content-type': 'text/plain', 'api-version': core.apiVersion })
      response.end('OK')
      return
    case 'info':
      sendJson(response, {
        ID: core.id,
        Name: core.name,
        ServerVersion: core.version,
        DockerRootDir: '/var/lib/docker',
        SystemTime: rfc3339(core.now()),
      })
      return
    case 'version':
      sendJson(response, {
        Version: core.version,
        ApiVersion: core.apiVersion,
        Components: [{ Name: 'Engine', Version: core.version }],
      })
      return
    case 'list':
      sendJson(
        response,
        [...core.containers.keys()].map((id) => ({ Id: id })),
      )
      return
    case 'inspect':
      inspect(core, decodeURIComponent(path.split('/')[2]!), response)
      return
    case 'events':
      stream(core, query, response)
      return
  }
}

function inspect(core: EngineCore, id: string, response: ServerResponse): void {
  const found = core.containers.get(id)
  if (found === undefined) sendError(response, 404, `No such container: ${id}`)
  else sendJson(response, found)
}

function stream(core: EngineCore, query: URLSearchParams, response: ServerResponse): void {
  const since = nanos(query.get('since'))
  const until = nanos(query.get('until'))
  if (since !== undefined && until !== undefined && since > until) {
    sendError(response, 400, '`since` time cannot be after `until` time')
    return
  }
  response.writeHead(200, { 'content-type': 'application/json' })
  response.flushHeaders()
  const leave = core.subscribe(
    { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) },
    {
      send: (text) => response.write(text),
      end: () => response.end(),
      // What was sent before still arrives; the end of a chunked answer does not.
      cut: () => response.write('', () => response.socket?.destroySoon()),
    },
  )
  response.on('close', leave)
}

function goWrong(fault: Fault, response: ServerResponse, usual: () => void): void {
  switch (fault.kind) {
    case 'status':
      sendError(response, fault.status, fault.message ?? 'a fault of the test')
      return
    case 'hang':
      return
    case 'slow':
      setTimeout(usual, fault.ms)
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

function rfc3339(time: bigint): string {
  const seconds = new Date(Number(time / 1_000_000n)).toISOString().slice(0, -5)
  return `${seconds}.${String(time % 1_000_000_000n).padStart(9, '0')}Z`
}
