import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { ListenAddress } from '../config/address.ts'
import { once } from 'node:events'
import { AuditorError, asError } from '../model/errors.ts'
import type { Answer, App } from './app.ts'

// Not by `import`, which reads all properties of the module: one loads the whole of `fetch`, 12 MiB.
const { createServer } = process.getBuiltinModule('node:http')

export interface RunningServer extends AsyncDisposable {
  /** `http://127.0.0.1:7410` */
  readonly url: string
}

/**
 * Serves `app` with limits on hostile clients: 8 KiB of headers in 5 s, a request in 10 s, 100
 * connections; more are closed at once.
 *
 * @throws AuditorError `failed` where the address can't be listened on, with the cure
 */
export async function listen(app: App, address: ListenAddress): Promise<RunningServer> {
  const server = createServer(
    {
      maxHeaderSize: 8 * 1024,
      headersTimeout: 5_000,
      requestTimeout: 10_000,
      keepAliveTimeout: 5_000,
    },
    (request, response) => void answer(app, request, response),
  )
  server.maxConnections = 100
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(address.port, address.host, resolve)
    })
  } catch (thrown) {
    throw listenError(thrown, address)
  }
  return {
    url: urlOf(server, address),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function answer(app: App, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asker = { address: request.socket.remoteAddress ?? '', host: request.headers.host ?? '' }
  const { status, contentType, body } = await app(request.method!, request.url!, asker).catch(
    failed,
  )
  response.writeHead(status, {
    'Content-Type': contentType,
    ...(typeof body === 'string' ? { 'Content-Length': Buffer.byteLength(body) } : {}),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "default-src 'none'",
  })
  if (typeof body === 'string') response.end(body)
  else await send(body, request, response)
}

/** As fast as the reader takes it, until it goes. */
async function send(
  body: Exclude<Answer['body'], string>,
  { method }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.flushHeaders()
  if (method === 'HEAD') {
    response.end()
    return
  }
  const gone = new AbortController()
  response.once('close', () => gone.abort()).on('error', () => gone.abort())
  const { signal } = gone
  try {
    for await (const piece of body(signal)) {
      if (signal.aborted) return
      if (!response.write(piece)) await once(response, 'drain', { signal }).catch(() => undefined)
    }
    response.end()
  } catch (thrown) {
    response.end(`${JSON.stringify({ kind: 'failed', reason: asError(thrown).message })}\n`)
  }
}

function failed(thrown: unknown): Answer {
  return {
    status: 500,
    contentType: 'text/plain; charset=UTF-8',
    body: `${asError(thrown).message}\n`,
  }
}

function urlOf(server: Server, { host, port }: ListenAddress): string {
  const bound = server.address()
  const actual = typeof bound === 'object' && bound !== null ? bound.port : port
  return `http://${host.includes(':') ? `[${host}]` : host}:${actual}`
}

const reasons: { readonly [code: string]: string } = {
  EADDRINUSE: 'the port is taken',
  EACCES: 'this user may not use that port',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'the host name is unknown',
}

function listenError(thrown: unknown, { host, port }: ListenAddress): AuditorError {
  const error = asError(thrown) as NodeJS.ErrnoException
  const what = `cannot listen on ${host}:${port}`
  const cure = 'choose another address with --listen HOST:PORT, or none with --listen off'
  const why = reasons[error.code ?? ''] ?? error.message
  return new AuditorError('failed', `${what}: ${why}; ${cure}`, { cause: error })
}
