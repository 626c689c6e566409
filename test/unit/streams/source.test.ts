import assert from 'node:assert/strict'
import { test } from 'node:test'
import { map, take, type Observable } from 'rxjs'
import { source, type Emit } from '../../../src/streams/source.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { told } from '../../support/marbles.ts'

interface Giver {
  readonly values: Observable<string>
  readonly emits: Emit<string>[]
  readonly signals: AbortSignal[]
  readonly ends: PromiseWithResolvers<void>[]
}

function giver(): Giver {
  const emits: Emit<string>[] = []
  const signals: AbortSignal[] = []
  const ends: PromiseWithResolvers<void>[] = []
  const values = source<string>((emit, signal) => {
    const end = Promise.withResolvers<void>()
    emits.push(emit)
    signals.push(signal)
    ends.push(end)
    return end.promise
  })
  return { values, emits, signals, ends }
}

const settle = (): Promise<void> => createManualClock().settle()

test('begins when somebody listens, gives what it is given, is told when they leave', () => {
  const { values, emits, signals } = giver()
  assert.equal(emits.length, 0)
  const seen: string[] = []
  const subscription = values.subscribe((value) => seen.push(value))
  assert.equal(emits[0]!('a'), true)
  assert.equal(emits[0]!('b'), true)
  assert.equal(signals[0]!.aborted, false)
  subscription.unsubscribe()
  assert.equal(signals[0]!.aborted, true)
  assert.equal(emits[0]!('c'), false)
  assert.deepEqual(seen, ['a', 'b'])
})

test('completes when the giver returns', async () => {
  const { values, emits, ends } = giver()
  const { values: seen, end } = told(values)
  emits[0]!('a')
  ends[0]!.resolve()
  await settle()
  assert.deepEqual([seen, end], [['a'], [{ complete: true }]])
  assert.equal(emits[0]!('b'), false)
})

test('fails as the giver fails, also at once', async () => {
  const no = new Error('no')
  const { values, ends } = giver()
  const { end } = told(values)
  ends[0]!.reject(no)
  await settle()
  assert.deepEqual(end, [{ error: no }])
  const thrown = told(
    source(() => {
      throw no
    }),
  )
  assert.deepEqual(thrown.end, [{ error: no }])
})

test('a stage that throws ends the stream with its error; the giver hears it and is told to stop', () => {
  const { values, emits, signals } = giver()
  const no = new Error('no')
  const { end } = told(
    values.pipe(
      map(() => {
        throw no
      }),
    ),
  )
  assert.equal(emits[0]!('a'), false)
  assert.deepEqual(end, [{ error: no }])
  assert.equal(signals[0]!.aborted, true)
})

test('the last value anybody wants is answered with false', () => {
  const { values, emits, signals } = giver()
  told(values.pipe(take(1)))
  assert.equal(emits[0]!('a'), false)
  assert.equal(signals[0]!.aborted, true)
})

test('each listener has a giver of its own', () => {
  const { values, emits } = giver()
  told(values)
  told(values)
  assert.equal(emits.length, 2)
})
