import { hash } from 'node:crypto'
import { rfc3339 } from './answers.ts'
import { inspectAnswer, type FakeContainer, type FakeInspect } from './container.ts'
import type { EngineCore } from './core.ts'

/** How a container's process came to its end. */
export interface FakeEnd {
  /** Default 0. */
  readonly exitCode?: number
  /** It was killed for want of memory: an `oom` event, and `OOMKilled`. */
  readonly oom?: boolean
}

/**
 * Containers that live: what is done to them changes what inspect and list say and sends the events
 * that the engine sends for it, in its own order (Docker before v23 tells `die` before the networks
 * are left, later ones after; Podman has words of its own). A missing container is an error.
 */
export interface FakeLives {
  /** @returns its id */
  create(container?: Partial<FakeContainer>): string
  /** `create` and `start`. */
  run(container?: Partial<FakeContainer>): string
  start(id: string): void
  /** It ends by itself. */
  die(id: string, end?: FakeEnd): void
  /** It ends by itself, and its restart policy starts it again. */
  crash(id: string, end?: FakeEnd): void
  stop(id: string, end?: FakeEnd): void
  /** A signal that ends it. Default 9. */
  kill(id: string, signal?: number): void
  restart(id: string, end?: FakeEnd): void
  pause(id: string): void
  unpause(id: string): void
  rename(id: string, name: string): void
  health(id: string, status: 'healthy' | 'unhealthy'): void
  exec(id: string, command: string, exitCode?: number): void
  /** `rm -f`: one that runs is killed before. */
  destroy(id: string): void
}

export function createLives(core: EngineCore): FakeLives {
  const isPodman = core.kind === 'podman'
  const diesFirst = !isPodman && Number(core.version.split('.')[0]) < 23
  let made = 0

  function of(id: string): FakeInspect {
    const found = core.containers.get(id)
    if (found === undefined) throw new Error(`no such container: ${id}`)
    return found
  }

  function tell(id: string, action: string, more: { readonly [name: string]: string } = {}): void {
    const { Config, Name } = of(id)
    const own = { image: Config.Image, name: Name.slice(1) }
    core.publish({ action, id, attributes: { ...more, ...Config.Labels, ...own } })
  }

  function network(id: string, action: 'connect' | 'disconnect'): void {
    if (isPodman) return
    const attributes = { container: id, name: 'bridge', type: 'bridge' }
    core.publish({ type: 'network', action, id: NETWORK, attributes })
  }

  /** A little before the event that tells of it, as it is. */
  const justNow = (): string => rfc3339(core.now() - 1_000n)

  function begin(id: string): void {
    if (isPodman) tell(id, 'init')
    network(id, 'connect')
    const { State } = of(id)
    Object.assign(State, { Status: 'running', Running: true, Paused: false, Restarting: false })
    Object.assign(State, { OOMKilled: false, ExitCode: 0, Pid: 1_000 + made })
    State.StartedAt = justNow()
    tell(id, 'start')
  }

  function end(id: string, { exitCode = 0, oom = false }: FakeEnd, stopped = false): void {
    const { State } = of(id)
    Object.assign(State, { Status: 'exited', Running: false, Paused: false, Pid: 0 })
    Object.assign(State, { ExitCode: exitCode, OOMKilled: oom && !isPodman })
    State.FinishedAt = justNow()
    const code = { exitCode: String(exitCode) }
    if (oom && !isPodman) tell(id, 'oom')
    if (isPodman) {
      tell(id, 'die', { ...code, containerExitCode: code.exitCode })
      tell(id, 'cleanup')
    } else if (diesFirst) {
      tell(id, 'die', code)
      network(id, 'disconnect')
      if (stopped) tell(id, 'stop')
    } else {
      network(id, 'disconnect')
      if (stopped) tell(id, 'stop')
      tell(id, 'die', { ...code, execDuration: '0' })
    }
  }

  function signal(id: string, number: number): void {
    if (!isPodman) tell(id, 'kill', { signal: String(number) })
  }

  const lives: FakeLives = {
    create(container = {}) {
      const id = container.id ?? hash('sha256', `${core.id} ${++made}`, 'hex')
      const name = container.name ?? `made-${made}`
      const inspect = { created: justNow(), ...container, id, name, status: 'created' }
      core.containers.set(id, inspectAnswer(inspect))
      tell(id, 'create')
      return id
    },
    run(container) {
      const id = lives.create(container)
      begin(id)
      return id
    },
    start: begin,
    die: (id, how = {}) => end(id, how),
    crash(id, how = { exitCode: 1 }) {
      end(id, how)
      of(id).RestartCount++
      if (isPodman) tell(id, 'restart')
      begin(id)
    },
    stop(id, how = {}) {
      signal(id, 15)
      end(id, how, true)
    },
    kill(id, number = 9) {
      if (isPodman) tell(id, 'kill')
      signal(id, number)
      end(id, { exitCode: 128 + number })
    },
    restart(id, how = {}) {
      if (isPodman) tell(id, 'restart')
      if (of(id).State.Running) lives.stop(id, how)
      begin(id)
      if (!isPodman) tell(id, 'restart')
    },
    pause(id) {
      Object.assign(of(id).State, { Status: 'paused', Paused: true })
      tell(id, 'pause')
    },
    unpause(id) {
      Object.assign(of(id).State, { Status: 'running', Paused: false })
      tell(id, 'unpause')
    },
    rename(id, name) {
      const inspect = of(id)
      const oldName = inspect.Name
      inspect.Name = `/${name}`
      tell(id, 'rename', isPodman ? {} : { oldName })
    },
    health(id, status) {
      of(id).State.Health = { Status: status }
      if (!isPodman) tell(id, `health_status: ${status}`)
      else core.publish({ action: 'health_status', id, healthStatus: status })
    },
    exec(id, command, exitCode = 0) {
      if (isPodman) {
        tell(id, 'exec')
        tell(id, 'exec_died')
        return
      }
      const execID = hash('sha256', `${id} ${core.total}`, 'hex')
      tell(id, `exec_create: ${command}`, { execID })
      tell(id, `exec_start: ${command}`, { execID })
      tell(id, 'exec_die', { execID, exitCode: String(exitCode) })
    },
    destroy(id) {
      if (of(id).State.Running) {
        signal(id, 9)
        end(id, { exitCode: 137 })
      }
      tell(id, isPodman ? 'remove' : 'destroy')
      core.containers.delete(id)
    },
  }
  return lives
}

const NETWORK = 'b'.repeat(64)
