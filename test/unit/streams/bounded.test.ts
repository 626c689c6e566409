import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EMPTY, Subject, range, take } from 'rxjs'
import { bounded } from '../../../src/streams/bounded.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { drawn, told } from '../../support/marbles.ts'

const base = {
  capacity: 10,
  concurrency: 2,
  coalesce: (shed: string | undefined, value: string) => (shed ?? '') + value,
}

test('holds three, projects two at once, sheds the rest into one value', async () => {
  const clock = createManualClock()
  const runs: string[] = []
  const picture = await drawn(
    bounded<string, string>({
      capacity: 3,
      concurrency: 2,
      project: async (value, signal) => {
        await clock.sleep(3, signal)
        return value
      },
      coalesce: base.coalesce,
    }),
    {
      clock,
      source: '(abcde)fg-h--------|',
      values: (mark) => mark,
      label(output) {
        if (output.length === 1) return output
        runs.push(output)
        return 'S'
      },
    },
  )
  assert.equal(picture, '---(ab)--(cS)--h---|')
  assert.deepEqual(runs, ['defg'])
})

test('completes when what it holds is out', async () => {
  const clock = createManualClock()
  const slow = bounded<string, string>({
    ...base,
    project: (value) => clock.sleep(3).then(() => value),
  })
  const how = { clock, values: (mark: string) => mark, label: (output: string) => output }
  assert.equal(await drawn(slow, { ...how, source: '(ab|)' }), '---(ab|)')
  assert.equal(await drawn(slow, { ...how, source: '|' }), '|')
})

test('what answers at once is passed on in the same step', () => {
  const { values, end } = told(
    range(0, 5).pipe(
      bounded({ ...base, project: (value: number) => value * 2, coalesce: Math.max as never }),
    ),
  )
  assert.deepEqual(values, [0, 2, 4, 6, 8])
  assert.deepEqual(end, [{ complete: true }])
  assert.deepEqual(told(EMPTY.pipe(bounded({ ...base, project: String }))).end, [
    { complete: true },
  ])
})

test('a value that its own output brings about comes after it', () => {
  const source = new Subject<number>()
  const seen: number[] = []
  source
    .pipe(
      bounded<number, number>({
        ...base,
        project: (value) => value,
        coalesce: (_, value) => value,
      }),
    )
    .subscribe((value) => {
      seen.push(value)
      if (value < 3) source.next(value + 1)
    })
  source.next(0)
  assert.deepEqual(seen, [0, 1, 2, 3])
})

test('a projection that fails ends the stream, at once or late', async () => {
  const no = new Error('no')
  for (const project of [
    (value: string): string => {
      if (value === 'b') throw no
      return value
    },
    (value: string): Promise<string> =>
      value === 'b' ? Promise.reject(no) : Promise.resolve(value),
  ]) {
    const source = new Subject<string>()
    const { values, end } = told(source.pipe(bounded<string, string>({ ...base, project })))
    source.next('a')
    source.next('b')
    await createManualClock().settle()
    source.next('c')
    assert.deepEqual(values, ['a'])
    assert.deepEqual(end, [{ error: no }])
    assert.equal(source.observed, false)
  }
})

test('unsubscribing aborts what is under way', async () => {
  const signals: AbortSignal[] = []
  const source = new Subject<string>()
  const subscription = source
    .pipe(
      bounded<string, string>({
        ...base,
        project: (_, signal) => {
          signals.push(signal)
          return new Promise(() => undefined)
        },
      }),
    )
    .subscribe()
  source.next('a')
  source.next('b')
  subscription.unsubscribe()
  assert.deepEqual(
    signals.map((signal) => signal.aborted),
    [true, true],
  )
  assert.equal(source.observed, false)
})

test('a source that never stops by itself is stopped when nobody listens', () => {
  let count = 0
  const { values } = told(
    range(0, Number.MAX_SAFE_INTEGER).pipe(
      bounded<number, number>({
        ...base,
        project: (value) => {
          count++
          return value
        },
        coalesce: (_, value) => value,
      }),
      take(3),
    ),
  )
  assert.deepEqual(values, [0, 1, 2])
  assert.equal(count, 3)
})

test('limits that are none are refused', () => {
  for (const wrong of [
    { capacity: 0 },
    { concurrency: 0 },
    { capacity: 1.5 },
    { concurrency: NaN },
  ]) {
    assert.throws(() => bounded({ ...base, project: String, ...wrong }), RangeError)
  }
})
