import { once } from 'node:events'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspectAnswer, type FakeContainer } from './container.ts'
import { createEngineCore, type CoreOptions, type EngineCore } from './core.ts'
import type { Fault, Route } from './fault.ts'
import { createLives, type FakeLives } from './lives.ts'
import { answerRequest } from './server.ts'

/**
 * An engine that serves the part of Docker's HTTP API that is asked here, on a unix socket of its
 * own, with a history, streams and faults as real engines have them.
 */
export interface FakeEngine extends AsyncDisposable {
  readonly core: EngineCore
  readonly socketPath: string
  /** Where its metrics are served, on a port of this machine, as the daemon's `metrics-addr` is. */
  readonly metricsUrl: string
  /** The requests that came: `GET /info`. */
  readonly asked: readonly string[]
  /** Containers to create, start, stop, ... */
  readonly lives: FakeLives
  /** A container that is there, without an event. */
  addContainer(container: FakeContainer): void
  /** Requests of this kind go wrong until they are healed. */
  fail(route: Route, fault: Fault): void
  heal(route: Route): void
  /**
   * The engine goes away with its history and all connections. `leaveSocket`: the socket's file
   * stays without a listener, as after a crash (ECONNREFUSED); default: it goes too (ENOENT).
   */
  stop(options?: { readonly leaveSocket?: boolean }): Promise<void>
  start(): Promise<void>
}

export async function createFakeEngine(options: CoreOptions = {}): Promise<FakeEngine> {
  const core = createEngineCore(options)
  const folder = await mkdtemp(join(tmpdir(), 'fake-engine-'))
  const socketPath = join(folder, 'docker.sock')
  const faults = new Map<Route, Fault>()
  const asked: string[] = []
  let server: Server | undefined
  const onRequest: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url}`)
    answerRequest(core, faults, request, response)
  }
  const metrics = createServer((request, response) => {
    if (server === undefined) request.socket.destroy()
    else onRequest(request, response)
  }).listen(0, '127.0.0.1')
  await once(metrics, 'listening')
  const { port } = metrics.address() as AddressInfo

  const engine: FakeEngine = {
    core,
    socketPath,
    metricsUrl: `http://127.0.0.1:${port}/metrics`,
    asked,
    lives: createLives(core),
    addContainer: (container) => core.containers.set(container.id, inspectAnswer(container)),
    fail: (route, fault) => faults.set(route, fault),
    heal: (route) => faults.delete(route),
    async start() {
      await rm(socketPath, { force: true })
      // Nothing is held between the engine and the socket: what a reader does not take fills the slots.
      server = createServer({ highWaterMark: 1 }, onRequest)
      server.listen(socketPath)
      await once(server, 'listening')
    },
    async stop({ leaveSocket = false } = {}) {
      core.forget()
      if (server === undefined) return
      const closing = server
      server = undefined
      // Closing removes the file, unless it has another name meanwhile.
      if (leaveSocket) await rename(socketPath, `${socketPath}.kept`)
      const closed = once(closing, 'close')
      closing.close()
      closing.closeAllConnections()
      await closed
      if (leaveSocket) await rename(`${socketPath}.kept`, socketPath)
    },
    async [Symbol.asyncDispose]() {
      await engine.stop()
      metrics.close()
      metrics.closeAllConnections()
      await rm(folder, { recursive: true, force: true })
    },
  }
  await engine.start()
  return engine
}
