import type { EngineCore } from '../../../src/testing/core.ts'
import { inspectAnswer, type FakeInspect } from '../../../src/testing/container.ts'
import { formatNanos } from '../../../src/model/time.ts'
import type { ManualClock } from '../manual-clock.ts'

export type Status = 'created' | 'running' | 'paused' | 'exited'

/** A container as it truly is. */
export interface Life {
  readonly id: string
  readonly name: string
  readonly status: Status
  readonly created: bigint
  readonly startedAt?: bigint
  readonly finishedAt?: bigint
  readonly exitCode: number
  readonly restartCount: number
  readonly health?: 'healthy' | 'unhealthy'
}

/** An event as it truly happened. */
export interface True {
  readonly id: string
  readonly action: string
  readonly time: bigint
}

/** What may happen to a container in this state. */
const POSSIBLE = {
  none: ['create'],
  created: ['start', 'start', 'destroy', 'rename'],
  running: ['die', 'die', 'restart', 'pause', 'health', 'rename', 'removeByForce'],
  paused: ['unpause', 'die', 'rename'],
  exited: ['start', 'destroy', 'destroy', 'rename'],
} as const

/** Containers that live on an engine: its times, and a little later its events. */
export interface Lives {
  readonly all: ReadonlyMap<string, Life>
  readonly happened: readonly True[]
  /**
   * Something possible happens to a container, chosen by number; `lagMs` later the engine tells.
   * Each event has a time of its own. `meanwhile` is done between the two.
   */
  act(who: number, choice: number, lagMs: number, meanwhile?: () => void): Promise<void>
  /** An event about something else. */
  noise(): void
}

export function createLives(core: EngineCore, clock: ManualClock): Lives {
  const all = new Map<string, Life>()
  const happened: True[] = []
  /** A container that was removed comes back as another. */
  const generations = new Map<number, number>()
  let noises = 0

  let between: (() => void) | undefined

  const now = (): bigint => clock.nowNanos()

  async function lag(ms: number): Promise<void> {
    const isBetween = between !== undefined
    between?.()
    between = undefined
    // Whoever is back has all the turns it wants before the engine tells.
    for (let turns = 0; isBetween && turns < 20; turns++) await clock.settle()
    await clock.advance(ms)
  }

  function set(life: Life): void {
    all.set(life.id, life)
    core.containers.set(life.id, answerOf(life))
  }

  function tell(id: string, name: string, action: string, more = {}): void {
    const attributes = { image: 'busybox', name, ...more }
    const { time } = core.publish({ action, id, attributes })
    happened.push({ id, action, time })
  }

  async function start(life: Life, lagMs: number, restartCount: number): Promise<void> {
    const { health: _none, ...rest } = life
    set({ ...rest, status: 'running', startedAt: now(), exitCode: 0, restartCount })
    await lag(lagMs)
    tell(life.id, life.name, 'start')
  }

  async function die(life: Life, lagMs: number, exitCode: number): Promise<void> {
    set({ ...life, status: 'exited', finishedAt: now(), exitCode })
    await lag(lagMs)
    tell(life.id, life.name, 'die', { exitCode: String(exitCode) })
  }

  async function destroy({ id, name }: Life): Promise<void> {
    all.delete(id)
    core.containers.delete(id)
    await lag(1)
    tell(id, name, 'destroy')
  }

  async function act(who: number, choice: number, lagMs: number): Promise<void> {
    const id = `c${who}-${generations.get(who) ?? 0}`
    const life = all.get(id)
    const possible = POSSIBLE[life?.status ?? 'none']
    const what = possible[choice % possible.length]!
    if (life === undefined) {
      const created = now()
      await lag(lagMs)
      set({ id, name: id, status: 'created', created, exitCode: 0, restartCount: 0 })
      tell(id, id, 'create')
      return
    }
    switch (what) {
      case 'start':
        return start(life, lagMs, 0)
      case 'die':
        return die(life, lagMs, choice % 3)
      case 'restart':
        await die(life, lagMs, 1)
        await lag(1)
        return start(all.get(id)!, lagMs, life.restartCount + 1)
      case 'pause':
      case 'unpause':
        set({ ...life, status: what === 'pause' ? 'paused' : 'running' })
        await lag(1)
        return tell(id, life.name, what)
      case 'health': {
        const health = life.health === 'healthy' ? 'unhealthy' : 'healthy'
        set({ ...life, health })
        await lag(1)
        return tell(id, life.name, `health_status: ${health}`)
      }
      case 'rename': {
        const name = `${life.name}x`
        set({ ...life, name })
        await lag(1)
        return tell(id, name, 'rename', { oldName: `/${life.name}` })
      }
      case 'removeByForce':
        await die(life, lagMs, 137)
        await lag(1)
        generations.set(who, (generations.get(who) ?? 0) + 1)
        return destroy(all.get(id)!)
      case 'destroy':
      case 'create':
        generations.set(who, (generations.get(who) ?? 0) + 1)
        return destroy(life)
    }
  }

  return {
    all,
    happened,
    async act(who, choice, lagMs, meanwhile) {
      await clock.advance(1)
      between = meanwhile
      await act(who, choice, lagMs)
    },
    noise() {
      const id = `i${noises++}`
      const { time } = core.publish({ type: 'image', action: 'tag', id })
      happened.push({ id, action: 'tag', time })
    },
  }
}

function answerOf(life: Life): FakeInspect {
  const { id, name, status, created, startedAt, finishedAt, health } = life
  const answer = inspectAnswer({ id, name, status, created: formatNanos(created) })
  answer.RestartCount = life.restartCount
  answer.State.ExitCode = life.exitCode
  if (startedAt !== undefined) answer.State.StartedAt = formatNanos(startedAt)
  if (finishedAt !== undefined) answer.State.FinishedAt = formatNanos(finishedAt)
  if (health !== undefined) answer.State.Health = { Status: health }
  return answer
}
