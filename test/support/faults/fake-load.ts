import type { TestContext } from 'node:test'
import type { CoreOptions } from '../../../src/testing/core.ts'
import type { FakeEngine } from '../../../src/testing/fake-engine.ts'
import type { FakeEvent } from '../../../src/testing/event.ts'
import type { EngineHeard } from '../account.ts'
import { fakeDocker } from '../fake-docker.ts'

/** Containers that live and die on a fake engine, until it is stopped. */
export interface FakeLoad {
  /** What it told so far, as its own JSON. */
  readonly told: readonly string[]
  /** Tells one more event, as any other. */
  tell(event: FakeEvent): void
  /** From now on so many events a second, on average. */
  pace(perSecond: number): void
  /** So many events at once. */
  burst(events: number): void
  /** No more events. */
  stop(): void
  heard(): EngineHeard
}

const TICK_MS = 10
/** As Docker's. */
const REMEMBERS = 256
const MOST_RUNNING = 30

interface FakeLoadOptions {
  /** Events a second on average; each second some other multiple of it. */
  readonly perSecond: number
  readonly random: () => number
  /** How many events the engine remembers. Default: as Docker. */
  readonly remembers?: number
}

/** A fake engine where nothing happens yet. It remembers as much as Docker does, or more. */
export async function fakeEngine(
  t: Pick<TestContext, 'after'>,
  remembers = REMEMBERS,
  clock?: CoreOptions['clock'],
): Promise<FakeEngine> {
  const options = { ringSize: remembers, ...(clock === undefined ? {} : { clock }) }
  return (await fakeDocker(t, options)).fake
}

export function fakeLoad(
  t: Pick<TestContext, 'after'>,
  fake: FakeEngine,
  { perSecond, random, remembers = REMEMBERS }: FakeLoadOptions,
): FakeLoad {
  const told: string[] = []
  const running: { readonly id: string; readonly name: string }[] = []
  let lives = 0

  function tell(event: FakeEvent): void {
    told.push(fake.core.publish(event).line)
  }

  function begin(): void {
    const id = (++lives).toString(16).padStart(64, '0')
    const container = { id, name: `life-${lives}` }
    fake.addContainer({ ...container, labels: { team: 'pay' }, env: ['TOKEN=swordfish'] })
    running.push(container)
    say(container, 'create', 'start')
  }

  function end(index: number): void {
    const [container] = running.splice(index, 1)
    say(container!, 'kill', 'die', 'destroy')
    fake.core.containers.delete(container!.id)
  }

  const more: { readonly [action: string]: { readonly [name: string]: string } } = {
    kill: { signal: '9' },
    die: { exitCode: '137' },
    exec_die: { exitCode: '0' },
  }

  function say({ id, name }: (typeof running)[number], ...actions: readonly string[]): void {
    for (const action of actions) {
      const attributes = { ...more[action], image: 'busybox', name, team: 'pay' }
      tell({ action, id, attributes })
    }
  }

  /** Two or three events. */
  function live(): void {
    const index = Math.floor(random() * running.length)
    if (running.length === 0 || (running.length < MOST_RUNNING && random() < 0.4)) begin()
    else if (random() < 0.5)
      say(running[index]!, 'exec_create: date', 'exec_start: date', 'exec_die')
    else end(index)
  }

  let due = 0
  let ticks = 0
  let average = perSecond
  let rate = perSecond
  const timer = setInterval(() => {
    if (ticks++ % (1000 / TICK_MS) === 0)
      rate = average * [0.1, 0.5, 1, 2.4][Math.floor(random() * 4)]!
    for (due += (rate * TICK_MS) / 1000; due > 0; due -= 2.7) live()
  }, TICK_MS)
  t.after(() => clearInterval(timer))

  return {
    told,
    tell,
    burst(events) {
      for (const until = told.length + events; told.length < until;) live()
    },
    pace(next) {
      average = rate = next
    },
    stop: () => clearInterval(timer),
    heard: () => ({ id: fake.core.id, heard: told, remembers }),
  }
}
