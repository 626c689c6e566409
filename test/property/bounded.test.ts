import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Subject, filter, mergeMap, type OperatorFunction } from 'rxjs'
import * as fc from 'fast-check'
import { bounded, type BoundedOptions } from '../../src/streams/bounded.ts'
import { createPrototype, prototypeBugs } from '../support/bounded-prototype.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

/** One input, or a run of shed ones. */
interface Value {
  readonly inputs: readonly number[]
  readonly shed: boolean
}

type Bounded = (options: BoundedOptions<Value, Value>) => OperatorFunction<Value, Value>

const ordinary = (input: number): Value => ({ inputs: [input], shed: false })

/** Any bursts, any speeds, any interleaving of what waits. */
const boundedKeepsItsWord = (make: Bounded) =>
  fc.asyncProperty(
    fc.record({
      capacity: fc.integer({ min: 1, max: 4 }),
      concurrency: fc.integer({ min: 1, max: 3 }),
      /** How many values come in one step. */
      bursts: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 }),
      /** Per input: how many turns its projection takes; 0 answers at once. */
      speeds: fc.infiniteStream(fc.nat({ max: 3 })),
      completeEarly: fc.boolean(),
    }),
    fc.scheduler(),
    async ({ capacity, concurrency, bursts, speeds, completeEarly }, scheduler) => {
      const source = new Subject<Value>()
      const outputs: Value[] = []
      const projected: number[] = []
      const turns = new Map<number, number>()
      let pushed = 0
      let held = 0
      let underWay = 0
      let coalescings = 0
      let runsBegun = 0
      let completed = false
      let failure: Error | undefined

      const checkLimits = (): void => {
        assert.ok(held <= capacity + 1, `holds ${held} of ${capacity} and one run`)
        assert.ok(underWay <= concurrency, `${underWay} under way of ${concurrency}`)
        if (held > 0) assert.ok(underWay > 0, 'stalls: values wait and nothing is under way')
      }

      source
        .pipe(
          make({
            capacity,
            concurrency,
            project(value) {
              assert.ok(value.inputs[0]! > (projected.at(-1) ?? -1), 'projects out of order')
              projected.push(...value.inputs)
              const speed = turns.get(value.inputs[0]!)!
              if (speed === 0) return value
              underWay++
              const slow = async (): Promise<Value> => {
                for (let turn = 0; turn < speed; turn++) await scheduler.schedule(Promise.resolve())
                underWay--
                return value
              }
              return slow()
            },
            coalesce(shed, value) {
              coalescings++
              if (shed === undefined) runsBegun++
              assert.ok(shed?.shed !== false, 'folds into a value that is no run')
              return { inputs: [...(shed?.inputs ?? []), ...value.inputs], shed: true }
            },
          }),
        )
        .subscribe({
          next(value) {
            assert.equal(completed, false)
            held--
            outputs.push(value)
          },
          error: (error: Error) => (failure = error),
          complete: () => (completed = true),
        })

      const push = (): void => {
        const before = { held, coalescings, runsBegun }
        turns.set(pushed, speeds.next().value as number)
        held++
        source.next(ordinary(pushed++))
        if (coalescings > before.coalescings) {
          assert.ok(before.held >= capacity, `sheds although only ${before.held} are held`)
          assert.equal(coalescings, before.coalescings + 1)
          if (runsBegun === before.runsBegun) held--
        }
        checkLimits()
      }

      const feed = async (): Promise<void> => {
        for (const burst of bursts) {
          await scheduler.schedule(Promise.resolve())
          checkLimits()
          for (let count = 0; count < burst; count++) push()
        }
        if (completeEarly) source.complete()
      }
      const feeding = feed()
      await scheduler.waitIdle()
      await feeding
      assert.ifError(failure)
      assert.equal(held, 0, 'something is held although nothing is under way')
      if (!completeEarly) {
        assert.equal(completed, false)
        source.complete()
      }
      assert.ok(completed, 'does not complete')

      const all = Array.from({ length: pushed }, (_, input) => input)
      assert.deepEqual(
        outputs.flatMap((value) => value.inputs),
        all,
        'each once, in order',
      )
      assert.deepEqual(projected, all, 'each projected once, alone or in its run')
      for (const value of outputs) if (!value.shed) assert.equal(value.inputs.length, 1)
    },
  )

test('bounded keeps order and limits, tells what it sheds, and never stalls', async () => {
  await fc.assert(boundedKeepsItsWord(bounded), runs(400))
})

test('the prototype without a bug keeps its word too, so its bugs are what is caught', async () => {
  await fc.assert(boundedKeepsItsWord(createPrototype()), runs(200))
})

/** Around the real one. */
const wrong: { readonly [bug: string]: Bounded } = {
  'holds two more': (options) => bounded({ ...options, capacity: options.capacity + 2 }),
  'sheds one too early': (options) =>
    bounded({ ...options, capacity: Math.max(1, options.capacity - 1) }),
  'one projection too many': (options) =>
    bounded({ ...options, concurrency: options.concurrency + 1 }),
  'forgets all but the first of a run': (options) =>
    bounded({
      ...options,
      coalesce: (shed, value) => {
        const run = options.coalesce(shed, value)
        return shed ?? run
      },
    }),
  'drops runs silently': (options) => (source) =>
    source.pipe(
      bounded(options),
      filter((value) => !value.shed),
    ),
  'mergeMap: any order, no bound': (options) =>
    mergeMap(
      (value) => Promise.resolve(options.project(value, new AbortController().signal)),
      options.concurrency,
    ),
}

describe('the property catches', () => {
  for (const [bug, make] of Object.entries(wrong)) {
    test(bug, () => assertCaught(boundedKeepsItsWord(make)))
  }
  for (const bug of prototypeBugs) {
    test(bug, () => assertCaught(boundedKeepsItsWord(createPrototype(bug))))
  }
})
