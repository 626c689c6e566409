import assert from 'node:assert/strict'
import { test } from 'node:test'
import { entryLine, renderLine } from '../../../src/cli/entry-line.ts'
import { localClock, localMoment } from '../../../src/cli/local-time.ts'
import { gapOf, markerOf } from '../../../src/model/entry-factory.ts'
import { plainRecord, START_NANOS } from '../../support/entries.ts'

const shown = (action: string, attributes: { readonly [name: string]: string } = {}) => {
  const { subject, what, detail, tone } = entryLine(plainRecord(1, attributes, action))
  return [subject, what, detail, tone]
}

test('what happened, in words', () => {
  assert.deepEqual(shown('start'), ['web-1', 'started', '', 'good'])
  assert.deepEqual(shown('create'), ['web-1', 'created', '', 'plain'])
  assert.deepEqual(shown('destroy'), ['web-1', 'removed', '', 'plain'])
  assert.deepEqual(shown('oom'), ['web-1', 'oom', 'no memory limit of its own', 'bad'])
  assert.deepEqual(shown('kill', { signal: '15' }), ['web-1', 'kill', 'SIGTERM', 'plain'])
  assert.deepEqual(shown('kill', { signal: '64' }), ['web-1', 'kill', 'signal 64', 'plain'])
  assert.deepEqual(shown('rename', { oldName: '/old' }), ['web-1', 'renamed', 'was old', 'plain'])
  assert.deepEqual(shown('health_status: unhealthy'), ['web-1', 'health', 'unhealthy', 'bad'])
  assert.deepEqual(shown('exec_start: ls -l'), ['web-1', 'exec_start', 'ls -l', 'quiet'])
  assert.deepEqual(shown('something_new'), ['web-1', 'something_new', '', 'plain'])
})

test('what is no container is named with its type', () => {
  const of = (type: string, action: string, attributes: { readonly [name: string]: string }) => {
    const record = plainRecord(1, {}, action)
    const { subject, what, detail } = entryLine({
      ...record,
      event: { ...record.event, type, actorId: `sha256:${'ab'.repeat(32)}`, attributes },
    })
    return [subject, what, detail]
  }
  assert.deepEqual(of('image', 'delete', {}), ['image abababababab', 'delete', ''])
  assert.deepEqual(of('network', 'connect', { name: 'net', container: 'c'.repeat(64) }), [
    'network net',
    'connect',
    'cccccccccccc',
  ])
  const pruned = of('volume', 'prune', { name: '', reclaimed: '42' })
  assert.deepEqual(pruned, ['volume', 'pruned', '42 bytes'])
})

test('an exit code means what it says and no more', () => {
  const died = (exitCode: string) => shown('die', { exitCode }).slice(1)
  assert.deepEqual(died('0'), ['died 0', '', 'plain'])
  assert.deepEqual(died('3'), ['died 3', '', 'bad'])
  assert.deepEqual(died('137'), ['died 137', 'as by SIGKILL', 'bad'])
  assert.deepEqual(died('127'), ['died 127', 'no such command', 'bad'])
})

test('a gap says how much may be missing, and a marker what it knows', () => {
  const gap = gapOf({
    from: START_NANOS,
    to: START_NANOS + 1_000_000_000n,
    cause: 'overflow',
    certainty: 'certain',
    count: 7,
  })
  const { subject, what, detail } = entryLine(gap)
  assert.deepEqual([subject, what], ['auditor', 'GAP'])
  assert.match(detail, /^7 events lost between .* and .* \(overflow\)$/)
  const marker = markerOf({
    time: START_NANOS,
    marker: 'agent-started',
    data: { version: '1', sinks: 2 },
  })
  assert.equal(entryLine(marker).detail, 'version 1, sinks 2')
})

test('what was concluded says so, and between when', () => {
  const inferred = { earliest: START_NANOS, latest: START_NANOS + 60_000_000_000n }
  const died = plainRecord(1, { name: 'web', exitCode: '137' }, 'die')
  const { what, detail } = entryLine({ ...died, origin: 'inferred', inferred })
  assert.equal(what, 'died 137')
  assert.match(detail, /^as by SIGKILL \(inferred: \d\d:00:00\.000 to \d\d:01:00\.000\)$/)
})

test('columns are fixed, colours only where wanted, control characters never', () => {
  const name = `\u001b[2J${'x'.repeat(40)}`
  const line = entryLine(plainRecord(1, { name }, 'start'))
  const plain = renderLine(line, false)
  assert.match(plain, /^\d\d:\d\d:\d\d\.000 {2}\\u\{1b\}\[2Jx{14}… {2}started {5}/)
  assert.ok(renderLine(line, true).includes('\u001b[32mstarted     \u001b[39m'))
  assert.ok(!plain.includes('\u001b'))
})

test('times are local, and those no calendar has are numbers', () => {
  const at = new Date(2026, 10, 22, 9, 5, 1, 7)
  const nanos = BigInt(at.getTime()) * 1_000_000n
  assert.equal(localClock(nanos), '09:05:01.007')
  assert.equal(localMoment(nanos), '2026-11-22 09:05:01.007')
  assert.doesNotThrow(() => localMoment(10n ** 30n))
})
