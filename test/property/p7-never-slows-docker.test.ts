import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { createRecorder } from '../../src/agent/recorder.ts'
import type { Engine } from '../../src/docker/port.ts'
import type { Entry } from '../../src/model/entry.ts'
import { silentLog } from '../../src/model/log.ts'
import { createEngineCore } from '../../src/testing/core.ts'
import { createScriptedEngine } from '../../src/testing/scripted.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

type Step =
  | { readonly kind: 'publish'; readonly count: number }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'disk'; readonly stuck: boolean }
  | { readonly kind: 'inspect'; readonly stuck: boolean }

/** Opened and closed by the test; whoever passes waits while it is closed. */
interface Gate {
  closed: boolean
  pass(): Promise<void>
  open(): void
}

function createGate(): Gate {
  let waiting: (() => void)[] = []
  const gate: Gate = {
    closed: false,
    pass: () =>
      gate.closed ? new Promise<void>((resolve) => waiting.push(resolve)) : Promise.resolve(),
    open() {
      gate.closed = false
      for (const resolve of waiting) resolve()
      waiting = []
    },
  }
  return gate
}

interface Stuck {
  readonly disk: Gate
  readonly inspect: Gate
}

/** What a planted bug makes of the engine that the recorder reads. */
type Bug = (engine: Engine, stuck: Stuck) => Engine

/** Everything the engine said is taken at once, whatever is stuck, and accounted for in the end. */
const neverSlowed = (bug: Bug = (engine) => engine) =>
  fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 25 }), async (steps) => {
    const clock = createManualClock()
    const core = createEngineCore({ id: 'engine-1', clock })
    const stuck = { disk: createGate(), inspect: createGate() }
    const scripted = createScriptedEngine(core)
    let taken = 0
    const engine: Engine = {
      ...scripted,
      async inspect(id, signal) {
        await stuck.inspect.pass()
        return scripted.inspect(id, signal)
      },
      async *open(options) {
        for await (const chunk of scripted.open(options)) {
          if (options.until === undefined) taken++
          yield chunk
        }
      },
    }
    const written: Entry[] = []
    const recorder = createRecorder({
      engine: bug(engine, stuck),
      settings: { healthChecks: 'record' },
      journal: {
        resumePoint: () => Promise.resolve(undefined),
        containers: () => Promise.resolve([]),
        hole: () => Promise.resolve(undefined),
      },
      async write({ entries }) {
        await stuck.disk.pass()
        written.push(...entries)
      },
      abandon: new AbortController().signal,
      clock,
      log: silentLog,
    })
    const ending = new AbortController()
    const run = recorder.run({ name: 'recorder', signal: ending.signal, clock, restarts: 0 })
    await clock.advance(1_000)

    let published = 0
    for (const each of steps) {
      if (each.kind === 'pass') await clock.advance(each.ms)
      if (each.kind === 'disk' || each.kind === 'inspect') {
        if (each.stuck) stuck[each.kind].closed = true
        else stuck[each.kind].open()
      }
      if (each.kind !== 'publish') continue
      for (let at = 0; at < each.count; at++) {
        const id = `c${published++}`
        core.publish({ action: 'start', id, attributes: { name: id, image: 'i' } })
      }
      await clock.settle()
      assert.equal(taken, published, 'taken at once')
    }

    stuck.disk.open()
    stuck.inspect.open()
    await clock.advance(60_000)
    ending.abort(new Error('ended'))
    await clock.advance(10_000)
    await run
    const records = new Set(written.filter(({ kind }) => kind === 'record').map(({ id }) => id))
    const lost = written.reduce((sum, e) => sum + (e.kind === 'gap' ? (e.count ?? 0) : 0), 0)
    assert.equal(records.size + lost, published, 'recorded, or counted in a gap')
  })

const stuck = (kind: 'disk' | 'inspect') =>
  fc.record({ kind: fc.constant(kind), stuck: fc.boolean() })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('publish' as const), count: fc.integer({ min: 1, max: 150 }) }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.nat({ max: 5_000 }) }),
  stuck('disk'),
  stuck('inspect'),
)

/** Reads on only when `before` lets it. */
const reading =
  (before: (stuck: Stuck) => Promise<void>): Bug =>
  (engine, gates) => ({
    ...engine,
    async *open(options) {
      const chunks = engine.open(options)[Symbol.asyncIterator]()
      try {
        for (;;) {
          await before(gates)
          const { done, value } = await chunks.next()
          if (done === true) return
          yield value
        }
      } finally {
        await chunks.return?.()
      }
    },
  })

describe('P7: never slows Docker', () => {
  test('the stream is read at once while the disk and inspect are stuck, and nothing is lost unsaid', async () => {
    await fc.assert(neverSlowed(), runs(200))
  })

  test('caught: a reader that waits for the disk', async () => {
    await assertCaught(neverSlowed(reading(({ disk }) => disk.pass())))
  })

  test('caught: a reader that waits for inspect', async () => {
    await assertCaught(neverSlowed(reading(({ inspect }) => inspect.pass())))
  })

  test('caught: a reader that drops what it has no time for', async () => {
    const dropping: Bug = (engine, { disk }) => ({
      ...engine,
      async *open(options) {
        for await (const chunk of engine.open(options)) if (!disk.closed) yield chunk
      },
    })
    await assertCaught(neverSlowed(dropping))
  })
})
