import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Engine } from '../../src/docker/port.ts'
import { createWatcher } from '../../src/docker/watcher.ts'
import type { Entry, Gap } from '../../src/model/entry.ts'
import { silentLog } from '../../src/model/log.ts'
import { createEngineCore } from '../../src/testing/core.ts'
import { createScriptedEngine } from '../../src/testing/scripted.ts'
import { createManualClock } from '../support/manual-clock.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

type Step =
  /** So many events, so many ms apart; `skew`: how much each is stamped before it is sent. */
  | {
      readonly do: 'publish'
      readonly count: number
      readonly every: number
      readonly skew: number
    }
  /** The reading process stands still for so long, while events come. */
  | { readonly do: 'freeze'; readonly ms: number; readonly every: number }
  | { readonly do: 'cut' }
  | { readonly do: 'wait'; readonly ms: number }

const SLOTS = 8
const WAIT = 100n * 1_000_000n
/** Docker remembers fewer events than it has slots: those it tells again don't look like a full queue. */
const FEW_REMEMBERED = SLOTS / 2
/** How much earlier than it is sent an event may be stamped, at most. */
const MOST_SKEW = 3_000_000n

interface Bug {
  readonly engine?: (engine: Engine) => Engine
  readonly emit?: (emit: (entry: Entry) => void) => (entry: Entry) => void
}

interface Run {
  readonly entries: readonly Entry[]
  /** What the engine dropped, by its name. */
  readonly lost: ReadonlySet<string>
  readonly sent: ReadonlyMap<string, { readonly time: bigint; readonly publishedAt: bigint }>
  readonly readAt: ReadonlyMap<string, bigint>
}

async function run(steps: readonly Step[], wire: number, bug: Bug, ringSize = 32): Promise<Run> {
  const clock = createManualClock()
  const lost = new Set<string>()
  const onLost = ({ event }: { event: { id: string } }): void => void lost.add(event.id)
  const core = createEngineCore({ id: 'e', clock, slots: SLOTS, ringSize, onLost })
  const scripted = createScriptedEngine(core, { wire })
  const sent = new Map<string, { time: bigint; publishedAt: bigint }>()
  const readAt = new Map<string, bigint>()
  const entries: Entry[] = []
  const emit = (entry: Entry): void => {
    if (entry.kind === 'record') readAt.set(entry.event.actorId, clock.nowNanos())
    entries.push(entry)
  }
  const publish = (skew = 0): void => {
    const publishedAt = clock.nowNanos()
    const time = publishedAt - BigInt(skew) * 1_000_000n
    const id = `n${sent.size}`
    sent.set(id, { time, publishedAt })
    // Of no container: nothing is to be concluded from the engine's list here.
    core.publish({ type: 'image', action: 'tag', id, time })
  }
  const watcher = createWatcher({
    engine: bug.engine?.(scripted) ?? scripted,
    resume: () => Promise.resolve(undefined),
    emit: bug.emit?.(emit) ?? emit,
    log: silentLog,
    clock,
    snapshot: false,
  })
  const end = new AbortController()
  const ended = watcher.run({ name: 'w', signal: end.signal, clock, restarts: 0 })
  await clock.settle()
  for (const step of steps) {
    switch (step.do) {
      case 'publish':
        for (let n = 0; n < step.count; n++) {
          publish(step.skew)
          if (step.every > 0) await clock.advance(step.every)
        }
        break
      case 'freeze':
        scripted.paused = true
        for (let ms = 0; ms < step.ms; ms += step.every) {
          publish()
          await clock.advance(step.every)
        }
        scripted.paused = false
        break
      case 'cut':
        core.cut()
        break
      case 'wait':
        await clock.advance(step.ms)
        break
    }
    await clock.settle()
  }
  await clock.advance(20_000)
  publish()
  await clock.advance(1_000)
  end.abort(new Error('the end'))
  await ended
  return { entries, lost, sent, readAt }
}

const gapsOf = ({ entries }: Run): Gap[] => entries.filter((entry) => entry.kind === 'gap')

/** What was dropped and is in no record lies in a gap, which is told before anything later. */
function assertTold(result: Run): void {
  for (const id of result.lost) {
    if (result.readAt.has(id)) continue // read again from the history
    const { time } = result.sent.get(id)!
    const gap = gapsOf(result).find(({ from, to }) => from <= time && time <= to)
    assert.ok(gap !== undefined, `${id} of ${time} was lost outside every gap`)
    const later = result.entries.findIndex(
      (entry) => entry.kind === 'record' && entry.time > time + MOST_SKEW,
    )
    assert.ok(later < 0 || result.entries.indexOf(gap) < later, 'the gap was told too late')
  }
}

/** Whether at some moment so many events had been waiting to be read for as long as one waits. */
function wasFull({ sent, readAt }: Run): boolean {
  return [...readAt.values()].some((moment) => {
    const waiting = [...readAt].filter(
      ([id, read]) => read >= moment && sent.get(id)!.time <= moment - WAIT,
    )
    return waiting.length >= SLOTS
  })
}

const step = fc.oneof(
  fc.record({
    do: fc.constant('publish' as const),
    count: fc.integer({ min: 1, max: 30 }),
    every: fc.integer({ min: 0, max: 5 }),
    skew: fc.integer({ min: 0, max: 3 }),
  }),
  fc.record({
    do: fc.constant('freeze' as const),
    ms: fc.integer({ min: 1, max: 400 }),
    every: fc.integer({ min: 2, max: 60 }),
  }),
  fc.record({ do: fc.constant('cut' as const) }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
)
const schedule = fc.tuple(
  fc.array(step, { minLength: 1, maxLength: 12 }),
  fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 12 })),
)

const told = (bug: Bug = {}) =>
  fc.asyncProperty(schedule, async ([steps, wire]) => assertTold(await run(steps, wire, bug)))

const notInvented = (bug: Bug = {}) =>
  fc.asyncProperty(schedule, async ([steps, wire]) => {
    const result = await run(steps, wire, bug, FEW_REMEMBERED)
    const overflows = gapsOf(result).filter(({ cause }) => cause === 'overflow')
    if (overflows.length > 0) assert.ok(wasFull(result), 'a gap although the slots were never full')
  })

test('what the engine drops for a reader that does not read in time lies in a gap', async () => {
  await fc.assert(told(), runs(200))
})

test('no gap is told where fewer events waited than the engine holds', async () => {
  await fc.assert(notInvented(), runs(200))
})

const withQueue =
  (slots: number, waitMs: number) =>
  (engine: Engine): Engine => ({
    ...engine,
    open: (options) => engine.open(options),
    info: async (signal) => ({ ...(await engine.info(signal)), queue: { slots, waitMs } }),
  })

const change =
  (of: (gap: Gap) => Gap | undefined): NonNullable<Bug['emit']> =>
  (emit) =>
  (entry) => {
    const changed = entry.kind === 'gap' && entry.cause === 'overflow' ? of(entry) : entry
    if (changed !== undefined) emit(changed)
  }

const tooLate: NonNullable<Bug['emit']> = (emit) => {
  const late: Entry[] = []
  return (entry) => {
    if (entry.kind === 'gap') late.push(entry)
    else for (const each of [entry, ...late.splice(0)]) emit(each)
  }
}

const missing: { readonly [name: string]: Bug } = {
  'no gap': { emit: change(() => undefined) },
  'a gap that ends where it begins': { emit: change((gap) => ({ ...gap, to: gap.from })) },
  'a gap behind the next event': { emit: tooLate },
  // One event more is always under way to the reader.
  'two slots too many': { engine: withQueue(SLOTS + 2, 100) },
  'a wait twice as long': { engine: withQueue(SLOTS, 200) },
  'a clock that is ahead': {
    engine: (engine) => ({
      ...engine,
      open: (options) => engine.open(options),
      async info(signal) {
        const info = await engine.info(signal)
        return { ...info, time: info.time + 60_000_000_000n }
      },
    }),
  },
}
for (const [name, bug] of Object.entries(missing))
  test(`the first property finds the planted bug: ${name}`, () => assertCaught(told(bug)))

const invented: { readonly [name: string]: Bug } = {
  'one slot too few': { engine: withQueue(SLOTS - 1, 100) },
  'a wait that is 20 ms too short': { engine: withQueue(SLOTS, 80) },
}
for (const [name, bug] of Object.entries(invented))
  test(`the second property finds the planted bug: ${name}`, () => assertCaught(notInvented(bug)))
