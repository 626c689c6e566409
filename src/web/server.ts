import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import type { ListenAddress } from '../config/address.ts'
import { AuditorError, asError } from '../model/errors.ts'

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
export async function listen(app: Hono, address: ListenAddress): Promise<RunningServer> {
  const answer = getRequestListener(app.fetch)
  const server = createServer(
    {
      maxHeaderSize: 8 * 1024,
      headersTimeout: 5_000,
      requestTimeout: 10_000,
      keepAliveTimeout: 5_000,
    },
    (request, response) => void answer(request, response),
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
