import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../../src/actors/clock.ts'
import { createSupervisor } from '../../../src/actors/supervisor.ts'
import { promises, type Create } from '../../support/supervisor-promises.ts'

describe('supervisor', () => {
  for (const [promise, check] of Object.entries(promises)) {
    test(promise, () => check(createSupervisor))
  }
})

/** Supervisors that break one thing each. */
const planted: { readonly [bug: string]: Create } = {
  'no backoff': (options) => {
    const clock = options.clock!
    return createSupervisor({
      ...options,
      clock: changed(clock, { sleep: (_, signal) => clock.sleep(1, signal) }),
    })
  },
  'sleeps on after the stop': (options) => {
    const clock = options.clock!
    return createSupervisor({
      ...options,
      clock: changed(clock, { sleep: (ms) => clock.sleep(ms) }),
    })
  },
  'never escalates': (options) => {
    const real = createSupervisor(options)
    return {
      ...real,
      start: (actor, given) => real.start(actor, { ...given, maxRestarts: 1_000 }),
    }
  },
  'escalates without a window': (options) => {
    const real = createSupervisor(options)
    return {
      ...real,
      start: (actor, given) => real.start(actor, { ...given, withinMs: Number.MAX_SAFE_INTEGER }),
    }
  },
  'stops all at once': (options) => {
    const real = createSupervisor(options)
    const children: { stop(): Promise<void> }[] = []
    return {
      ...real,
      start(actor, given) {
        const child = real.start(actor, given)
        children.push(child)
        return child
      },
      async stop() {
        await Promise.all(children.map((child) => child.stop()))
        await real.stop()
      },
    }
  },
  'starts without waiting for its listeners': (options) => {
    const real = createSupervisor(options)
    return {
      ...real,
      start(actor, given) {
        void actor
          .run({
            name: actor.name,
            signal: AbortSignal.abort(),
            clock: options.clock!,
            restarts: 0,
          })
          .catch(() => undefined)
        return real.start(actor, given)
      },
    }
  },
}

function changed(clock: Clock, change: Partial<Clock>): Clock {
  return Object.assign(Object.create(clock) as Clock, change)
}

describe('the promises catch', () => {
  for (const [bug, create] of Object.entries(planted)) {
    test(bug, async () => {
      const broken: string[] = []
      for (const [promise, check] of Object.entries(promises)) {
        await withinTurns(check(create)).catch(() => broken.push(promise))
      }
      assert.notDeepEqual(broken, [])
    })
  }
})

/** A broken supervisor may never end: so many turns of the event loop are enough for any check. */
async function withinTurns(check: Promise<void>, turns = 2_000): Promise<void> {
  const late = async (): Promise<never> => {
    for (let turn = 0; turn < turns; turn++) await setImmediate()
    throw new Error('never ended')
  }
  await Promise.race([check, late()])
}
