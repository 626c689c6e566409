import { readFileSync } from 'node:fs'
import type { Agent as HttpAgent, ClientRequest } from 'node:http'
import { Agent as TlsAgent } from 'node:https'
import { inspect } from 'node:util'
import { AuditorError, asError } from '../model/errors.ts'
import type { Endpoint } from './endpoint.ts'
import { dialSsh } from './ssh.ts'
import type { TlsFiles } from './tls-files.ts'

// Not by `import`, which reads all properties of the module: one loads the whole of `fetch`, 12 MiB.
const { Agent } = process.getBuiltinModule('node:http')

/**
 * The connections to one engine. They are kept for the next request, so that an inspect costs no
 * new one; TCP keep-alive notices a peer that vanished. Bound: at most 8 idle connections.
 */
export function createAgent(endpoint: Endpoint): HttpAgent {
  const options = {
    keepAlive: true,
    maxFreeSockets: 8,
    keepAliveInitialDelay: 30_000,
  }
  if (endpoint.kind === 'ssh') {
    const agent = new Agent(options)
    agent.createConnection = () => dialSsh(endpoint)
    return forDockerModem(agent)
  }
  const tls = endpoint.kind === 'tcp' ? endpoint.tls : undefined
  return forDockerModem(
    tls === undefined ? new Agent(options) : new TlsAgent({ ...options, ...credentials(tls) }),
  )
}

/**
 * docker-modem follows redirects: it sends a second request, unasked and without an error handler,
 * so that any answer 3xx with an odd `Location` would end the process. No engine redirects; without
 * the header such an answer is an ordinary HTTP error.
 *
 * And it writes out each request's options for a debug log that nobody reads, to any depth: the
 * agent with all its sockets took 3 ms a request.
 */
function forDockerModem(agent: HttpAgent): HttpAgent {
  const hooked = agent as HttpAgent & {
    addRequest(request: ClientRequest, ...rest: unknown[]): void
  }
  const addRequest = hooked.addRequest.bind(agent)
  hooked.addRequest = (request, ...rest) => {
    request.prependListener('response', (answer) => delete answer.headers.location)
    addRequest(request, ...rest)
  }
  return Object.assign(agent, { [inspect.custom]: () => 'the connections to the engine' })
}

function credentials(tls: TlsFiles): { ca?: Buffer; cert?: Buffer; key?: Buffer } {
  return {
    ...(tls.ca === undefined ? {} : { ca: readPem(tls.ca) }),
    ...(tls.client === undefined
      ? {}
      : { cert: readPem(tls.client.cert), key: readPem(tls.client.key) }),
  }
}

function readPem(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new AuditorError(
      'config-invalid',
      `DOCKER_CERT_PATH: ${path} can't be read (${asError(error).message}); make it readable for this user`,
      { cause: error },
    )
  }
}
