import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEpisodePrinter } from '../../../src/cli/episode-printer.ts'
import { episodeLine } from '../../../src/cli/episode-line.ts'
import { execLine } from '../../../src/cli/exec-line.ts'
import type { Told } from '../../../src/model/life/episode.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { record } from '../../support/records.ts'

const event = (action: string, at: number, more = {}) =>
  record(action, { at, attributes: { name: 'web', image: 'nginx', ...more } })

const textOf = (told: Told): string =>
  told.kind === 'episode'
    ? `${episodeLine(told).what} ${episodeLine(told).detail}`
    : told.kind === 'exec'
      ? execLine(told).detail
      : told.entry.kind

test('a restart is printed a second behind its last event, in one line', async () => {
  const clock = createManualClock()
  const printed: string[] = []
  const printer = createEpisodePrinter(clock, (told) => Promise.resolve(void printed.push(textOf(told)))) // prettier-ignore
  await printer.take(event('create', 0))
  await printer.take(event('start', 100))
  await clock.advance(1_000)
  assert.deepEqual(printed, ['started created'])
  for (const each of [
    event('kill', 5_000, { signal: '15' }),
    event('die', 5_200, { exitCode: '143' }),
    event('stop', 5_210),
    event('start', 5_500),
    event('restart', 5_501),
  ]) {
    await printer.take(each)
  }
  await clock.advance(999)
  assert.equal(printed.length, 1)
  await clock.advance(1)
  assert.deepEqual(printed.slice(1), [
    'restarted by the API · exit 143 · ran 5.1s · again after 300ms',
  ])
  await printer.end()
  assert.equal(clock.pending, 0)
})

test('whoever gives entries waits for a slow reader, and what waits is given out at the end', async () => {
  const clock = createManualClock()
  const reader = Promise.withResolvers<void>()
  const printed: string[] = []
  const printer = createEpisodePrinter(clock, async (told) => {
    await reader.promise
    printed.push(textOf(told))
  })
  await printer.take(event('start', 0))
  let isTaken = false
  const taking = printer
    .take(record('pull', { type: 'image', at: 2_000 }))
    .then(() => (isTaken = true))
  await clock.settle()
  assert.equal(isTaken, false)
  reader.resolve()
  await taking
  await printer.take(event('die', 3_000, { exitCode: '0' }))
  await printer.end()
  assert.deepEqual(printed, ['started ', 'record', 'completed exit 0 · ran 3s'])
})
