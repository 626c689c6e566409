import assert from 'node:assert/strict'
import type { Actor, LifeEvent } from '../../src/actors/actor.ts'
import type { Clock } from '../../src/actors/clock.ts'
import {
  createSupervisor,
  defaultRestartPolicy,
  type Supervisor,
} from '../../src/actors/supervisor.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'

export type Create = typeof createSupervisor

interface Stage {
  readonly supervisor: Supervisor
  readonly clock: ManualClock
  readonly life: LifeEvent[]
  readonly escalations: { readonly actor: string; readonly error: Error }[]
  readonly states: () => string[]
}

function stage(create: Create, random?: () => number): Stage {
  const manual = createManualClock()
  const clock: ManualClock = random === undefined ? manual : withRandom(manual, random)
  const life: LifeEvent[] = []
  const escalations: Stage['escalations'] = []
  const supervisor = create({
    clock,
    onEscalation: (actor, error) => escalations.push({ actor, error }),
  })
  supervisor.life$.subscribe((event) => life.push(event))
  return { supervisor, clock, life, escalations, states: () => life.map((event) => event.state) }
}

function withRandom(manual: ManualClock, random: Clock['random']): ManualClock {
  return Object.defineProperty(Object.create(manual) as ManualClock, 'random', { value: random })
}

const failing = (name: string): Actor => ({ name, run: () => Promise.reject(new Error('no')) })

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason as Error)
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })

const policy = { minDelayMs: 100, maxDelayMs: 1_000, maxRestarts: 5, withinMs: 10_000 }

/** The promises of a supervisor, each over any implementation, so that planted bugs meet them too. */
export const promises: { readonly [promise: string]: (create: Create) => Promise<void> } = {
  async 'an actor starts on a microtask, so that nobody misses its birth'(create) {
    const { supervisor, states } = stage(create)
    const child = supervisor.start({ name: 'a', run: () => Promise.resolve() })
    assert.deepEqual(states(), [])
    await child.ended
    assert.deepEqual(states(), ['started', 'stopped'])
  },

  async 'a failed actor is restarted, later each time, up to the longest delay'(create) {
    const { supervisor, clock, life } = stage(create, () => 1)
    supervisor.start(failing('a'), { ...policy, maxRestarts: Infinity })
    for (let restart = 0; restart < 6; restart++) await clock.advanceToNext()
    const delays = life
      .filter((event) => event.state === 'restarting')
      .map((event) => event.delayMs)
    assert.deepEqual(delays, [100, 200, 400, 800, 1_000, 1_000, 1_000])
    const births = life.filter((event) => event.state === 'started').map((event) => event.at)
    assert.deepEqual(
      births.slice(1).map((at, index) => at - births[index]!),
      delays.slice(0, -1),
    )
  },

  async 'chance takes at most half of a delay'(create) {
    const { supervisor, clock, life } = stage(create, () => 0)
    supervisor.start(failing('a'), policy)
    await clock.settle()
    assert.equal(life.find((event) => event.state === 'restarting')?.delayMs, 50)
  },

  async 'a run that lasted takes the delay back to its beginning'(create) {
    const { supervisor, clock, life } = stage(create, () => 1)
    supervisor.start(
      {
        name: 'a',
        async run({ restarts, clock: time }) {
          if (restarts === 3) await time.sleep(policy.withinMs)
          throw new Error('no')
        },
      },
      policy,
    )
    for (let step = 0; step < 5; step++) await clock.advanceToNext()
    const delays = life
      .filter((event) => event.state === 'restarting')
      .map((event) => event.delayMs)
    assert.deepEqual(delays, [100, 200, 400, 100, 200])
  },

  async 'one failure more than allowed within the window escalates, once'(create) {
    const { supervisor, clock, life, escalations, states } = stage(create)
    const child = supervisor.start(failing('a'), policy)
    await clock.advance(60_000)
    assert.deepEqual(
      escalations.map(({ actor, error }) => [actor, error.message]),
      [['a', 'no']],
    )
    assert.equal(states().filter((state) => state === 'failed').length, 6)
    assert.equal(life.at(-1)?.state, 'escalated')
    await assert.rejects(child.ended, /no/)
  },

  async 'as many failures over a longer time do not'(create) {
    const { supervisor, clock, escalations, states } = stage(create)
    supervisor.start(
      {
        name: 'a',
        async run({ clock: time, signal }) {
          await time.sleep(2_000, signal)
          throw new Error('no')
        },
      },
      policy,
    )
    await clock.advance(120_000)
    assert.ok(states().filter((state) => state === 'failed').length > 30)
    assert.deepEqual(escalations, [])
    await supervisor.stop()
  },

  async 'with the default policy an actor that fails at once is escalated, whatever chance says'(
    create,
  ) {
    for (const chance of [0, 0.999]) {
      const { supervisor, clock, escalations } = stage(create, () => chance)
      supervisor.start(failing('a'))
      await clock.advance(defaultRestartPolicy.withinMs)
      assert.equal(escalations.length, 1, `with chance ${chance}`)
    }
  },

  async 'an escalated actor leaves the others alone'(create) {
    const { supervisor, clock, states } = stage(create)
    let ended = false
    supervisor.start({
      name: 'b',
      async run({ signal }) {
        await untilAborted(signal).finally(() => (ended = true))
      },
    })
    supervisor.start(failing('a'), { ...policy, maxRestarts: 0 })
    await clock.settle()
    assert.equal(states().at(-1), 'escalated')
    assert.equal(ended, false)
    await supervisor.stop()
    assert.equal(ended, true)
  },

  async 'an actor that ends by itself is not started again'(create) {
    const { supervisor, clock, states } = stage(create)
    await supervisor.start({ name: 'a', run: () => Promise.resolve() }, policy).ended
    await clock.advance(60_000)
    assert.deepEqual(states(), ['started', 'stopped'])
  },

  async 'stopping ends actors in reverse order, each after the one before'(create) {
    const { supervisor, clock, life } = stage(create)
    const order: string[] = []
    for (const name of ['first', 'second', 'third']) {
      supervisor.start({
        name,
        async run({ signal, clock: time }) {
          await untilAborted(signal).catch(() => undefined)
          order.push(`${name} told`)
          await time.sleep(100)
          order.push(`${name} ended`)
        },
      })
    }
    await clock.settle()
    let done = false
    const stopping = supervisor.stop().then(() => (done = true))
    await clock.advance(250)
    assert.equal(done, false)
    await clock.advance(50)
    await stopping
    assert.deepEqual(order, [
      'third told',
      'third ended',
      'second told',
      'second ended',
      'first told',
      'first ended',
    ])
    assert.deepEqual(
      life.slice(-3).map((event) => [event.actor, event.state]),
      [
        ['third', 'stopped'],
        ['second', 'stopped'],
        ['first', 'stopped'],
      ],
    )
  },

  async 'stopping while it waits to be restarted starts nothing more'(create) {
    const { supervisor, clock, states } = stage(create)
    const child = supervisor.start(failing('a'), policy)
    await clock.settle()
    await child.stop()
    await clock.advance(60_000)
    assert.deepEqual(states(), ['started', 'failed', 'restarting', 'stopped'])
    assert.equal(clock.pending, 0)
  },

  async 'an actor stopped before its first moment never runs'(create) {
    const { supervisor, states } = stage(create)
    let ran = false
    const child = supervisor.start({
      name: 'a',
      run: () => {
        ran = true
        return Promise.resolve()
      },
    })
    await child.stop()
    assert.equal(ran, false)
    assert.deepEqual(states(), ['stopped'])
  },

  async 'the end it was told is no failure, an error on the way there is told'(create) {
    for (const [thrown, expected] of [
      [undefined, ['started', 'stopped']],
      [new DOMException('over', 'AbortError'), ['started', 'stopped']],
      [new Error('flush failed'), ['started', 'failed', 'stopped']],
    ] as const) {
      const { supervisor, clock, states } = stage(create)
      supervisor.start({
        name: 'a',
        async run({ signal }) {
          await untilAborted(signal).catch((reason: unknown) => {
            throw thrown ?? reason
          })
        },
      })
      await clock.settle()
      await supervisor.stop()
      assert.deepEqual(states(), expected)
    }
  },

  async 'life$ tells a late subscriber what was, and completes when the supervisor stops'(create) {
    const { supervisor, clock } = stage(create)
    supervisor.start({ name: 'a', run: ({ signal }) => untilAborted(signal) })
    await clock.settle()
    const late: string[] = []
    let completed = false
    supervisor.life$.subscribe({
      next: (event) => late.push(event.state),
      complete: () => (completed = true),
    })
    assert.deepEqual(late, ['started'])
    await supervisor.stop()
    assert.deepEqual(late, ['started', 'stopped'])
    assert.equal(completed, true)
    assert.throws(() => supervisor.start(failing('b')), /stopped/)
  },

  async 'what is thrown without a promise, or is no error, is a failure like any other'(create) {
    const { supervisor, clock, life } = stage(create)
    supervisor.start({
      name: 'a',
      run: () => {
        throw 'text' as unknown as Error
      },
    })
    await clock.settle()
    assert.equal(life.find((event) => event.state === 'failed')?.error?.message, 'text')
    await supervisor.stop()
  },
}
