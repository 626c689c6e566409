import { createServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { ask, send } from '../engines/ask.ts'
import { eventually } from '../eventually.ts'
import { run } from '../run.ts'
import type { EngineFamily } from './truth.ts'

/** What can be done to one container, through the engine's API and from its host. */
export interface Hands {
  readonly name: string
  readonly family: EngineFamily
  /** `sh -c SCRIPT`, or these words; more of the API's body in `more`. */
  create(command: string | readonly string[], more?: object): Promise<void>
  start(): Promise<void>
  /** A start that the engine must refuse. */
  startInVain(): Promise<void>
  /** Its script has said `ready` so many times. */
  ready(times?: number): Promise<void>
  /** It runs no more. */
  over(): Promise<void>
  until(what: string, is: (about: Inspect) => boolean): Promise<void>
  stop(seconds: number): Promise<void>
  restart(seconds: number): Promise<void>
  kill(signal: string): Promise<void>
  pause(): Promise<void>
  unpause(): Promise<void>
  exec(...command: string[]): Promise<void>
  /** Of its limits or its restart policy. */
  update(change: object): Promise<void>
  /** Its health check has come to say so. */
  health(status: string): Promise<void>
  remove(force: boolean): Promise<void>
  /** From outside of the engine. */
  killFromHost(): Promise<void>
  /** The docker client, in the foreground: `docker run --rm ...`. */
  runInForeground(...command: string[]): Promise<void>
  /** A port of the host that nobody has, the same one each time. */
  readonly port: number
  /** Takes the port away from everybody else until the recording ends. */
  takePort(): Promise<void>
  pass(ms: number): Promise<void>
}

export interface Inspect {
  readonly State: {
    readonly Running: boolean
    readonly Pid: number
    readonly Status: string
    readonly Health?: { readonly Status: string }
  }
  readonly RestartCount: number
}

export interface HandsParts {
  readonly socketPath: string
  readonly family: EngineFamily
  readonly image: string
  readonly name: string
  readonly port: number
  /** The recording is over: ports are given back. */
  readonly signal: AbortSignal
}

const DEADLINE_MS = 90_000

export function createHands(parts: HandsParts): Hands {
  const { socketPath, family, image, name, port, signal } = parts
  const at = `/containers/${name}`
  const post = async (path: string, body?: object): Promise<void> => {
    await ask(socketPath, 'POST', path, body)
  }
  const inspect = async (): Promise<Inspect> =>
    (await ask(socketPath, 'GET', `${at}/json`)).body as Inspect
  const until = (what: string, is: (about: Inspect) => boolean): Promise<void> =>
    eventually(
      `${name} ${what}`,
      async () => (is(await inspect()) ? true : undefined),
      DEADLINE_MS,
    ).then(() => undefined)

  return {
    name,
    family,
    port,
    until,
    create(command, more = {}) {
      const Cmd = typeof command === 'string' ? ['sh', '-c', command] : command
      return post(`/containers/create?name=${name}`, { Image: image, Cmd, ...more })
    },
    start: () => post(`${at}/start`),
    async startInVain() {
      const { status } = await send(socketPath, 'POST', `${at}/start`)
      if (status < 400) throw new Error(`${name} was started, and was not to be`)
    },
    async ready(times = 1) {
      await eventually(`${name} is ready`, async () => {
        const { text } = await ask(socketPath, 'GET', `${at}/logs?stdout=1`)
        return text.split('ready').length > times ? true : undefined
      })
      // A signal between its word and its `wait` would wait as long as it does.
      await wait(150)
    },
    async over() {
      await eventually(`${name} is over`, async () => {
        const { status, body } = await send(socketPath, 'GET', `${at}/json`)
        if (status === 404) return true
        const { State } = body as Inspect
        return !State.Running && State.Status !== 'created' ? true : undefined
      })
    },
    stop: (seconds) => post(`${at}/stop?t=${seconds}`),
    restart: (seconds) => post(`${at}/restart?t=${seconds}`),
    kill: (signal) => post(`${at}/kill?signal=${signal}`),
    pause: () => post(`${at}/pause`),
    unpause: () => post(`${at}/unpause`),
    async exec(...Cmd) {
      const { body } = await ask(socketPath, 'POST', `${at}/exec`, { Cmd, AttachStdout: true })
      await post(`/exec/${(body as { Id: string }).Id}/start`, { Detach: false, Tty: false })
    },
    update: (change) => post(`${at}/update`, change),
    async health(status) {
      if (family === 'docker')
        return until(`is ${status}`, ({ State }) => State.Health?.Status === status)
      const check = `/v4.0.0/libpod${at}/healthcheck`
      await eventually(`${name} is ${status}`, async () => {
        const { Status } = (await ask(socketPath, 'GET', check)).body as { Status: string }
        return Status === status ? true : undefined
      })
      // Its event tells of the check before: as its timer would, once more.
      await ask(socketPath, 'GET', check)
    },
    async remove(force) {
      await ask(socketPath, 'DELETE', `${at}?force=${force}&v=true`)
    },
    async killFromHost() {
      process.kill((await inspect()).State.Pid, 'SIGKILL')
    },
    async runInForeground(...command) {
      const host = ['--host', `unix://${socketPath}`]
      await run('docker', [...host, 'run', '--rm', '--name', name, image, ...command])
    },
    async takePort() {
      const server = createServer()
      signal.addEventListener('abort', () => server.close())
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject).listen(port, '127.0.0.1', resolve)
      })
    },
    async pass(ms) {
      await wait(ms)
    },
  }
}
