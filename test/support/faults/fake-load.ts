import type { TestContext } from 'node:test'
import type { CoreOptions, EngineCore } from '../../../src/testing/core.ts'
import type { FakeEngine } from '../../../src/testing/fake-engine.ts'
import type { FakeEvent, SentEvent } from '../../../src/testing/event.ts'
import { createLives } from '../../../src/testing/lives.ts'
import type { EngineHeard } from '../account.ts'
import { fakeDocker } from '../fake-docker.ts'

/** Containers that live and die on a fake engine, until it is stopped. */
export interface FakeLoad {
  /** What it told so far, as its own JSON. */
  readonly told: readonly string[]
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
/** On average. */
const EVENTS_A_STEP = 3.3

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
  /** Ids. */
  const running: string[] = []
  let lives = 0

  /** What is done to a container changes what inspect says, too. */
  const containers = createLives(
    Object.assign(Object.create(fake.core) as EngineCore, {
      publish(event: FakeEvent): SentEvent {
        const sent = fake.core.publish(event)
        told.push(sent.line)
        return sent
      },
    }),
  )

  function begin(): void {
    const labels = { team: 'pay' }
    const env = ['TOKEN=swordfish']
    const id = (++lives).toString(16).padStart(64, '0')
    running.push(containers.run({ id, name: `life-${lives}`, labels, env }))
  }

  function end(index: number): void {
    const [id] = running.splice(index, 1)
    containers.kill(id!)
    containers.destroy(id!)
  }

  /** Three or four events. */
  function live(): void {
    const index = Math.floor(random() * running.length)
    if (running.length === 0 || (running.length < MOST_RUNNING && random() < 0.4)) begin()
    else if (random() < 0.5) containers.exec(running[index]!, 'date')
    else end(index)
  }

  let due = 0
  let ticks = 0
  let average = perSecond
  let rate = perSecond
  const timer = setInterval(() => {
    if (ticks++ % (1000 / TICK_MS) === 0)
      rate = average * [0.1, 0.5, 1, 2.4][Math.floor(random() * 4)]!
    for (due += (rate * TICK_MS) / 1000; due > 0; due -= EVENTS_A_STEP) live()
  }, TICK_MS)
  t.after(() => clearInterval(timer))

  return {
    told,
    burst(events) {
      for (const until = told.length + events; told.length < until;) live()
    },
    pace(next) {
      average = rate = next
    },
    stop: () => clearInterval(timer),
    heard: () => ({ id: fake.core.id, heard: told, remembers, inspectsTruly: true }),
  }
}
