import assert from 'node:assert/strict'
import { test } from 'node:test'
import { from, lastValueFrom, toArray } from 'rxjs'
import { recordOf } from '../../../src/model/entry-factory.ts'
import type { Record } from '../../../src/model/entry.ts'
import { createSkipCounter } from '../../../src/streams/count-skipped.ts'
import { createEnricher } from '../../../src/streams/enrich.ts'
import type { Flowing } from '../../../src/streams/flow.ts'
import { skipHealthChecks } from '../../../src/streams/health-checks.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { drawn, told } from '../../support/marbles.ts'
import {
  engine,
  factsOf,
  lifecycleEvents,
  lifecycleInspector,
  record,
} from '../../support/records.ts'

const checked = factsOf('c1', {
  healthCheck: { test: ['CMD-SHELL', 'curl -f http://localhost'], shell: ['/bin/sh', '-c'] },
})

function exec(action: string, execID: string, facts = checked): Record {
  return { ...record(action, { attributes: { execID } }), container: facts, enrichment: 'cached' }
}

const kinds = (given: readonly Record[]): string[] =>
  told(from(given).pipe(skipHealthChecks())).values.map((value: Flowing) => value.kind)

test('the execs of a health check go on as Skipped', async () => {
  const events: { readonly [mark: string]: Record } = {
    e: exec('exec_create: sh -c date', 'p1'),
    x: exec('exec_create: /bin/sh -c curl -f http://localhost', 'h1'),
    y: exec('exec_start: /bin/sh -c curl -f http://localhost', 'h1'),
    z: exec('exec_die', 'h1'),
  }
  const picture = await drawn(skipHealthChecks(), {
    clock: createManualClock(),
    source: 'e-x-y-z-|',
    values: (mark) => events[mark]!,
    label: (value) => (value.kind === 'skipped' ? 's' : 'e'),
  })
  assert.equal(picture, 'e-s-s-s-|')
})

test('all forms of a test are recognised, and nothing else', () => {
  const plain = factsOf('c1', { healthCheck: { test: ['CMD', '/check'], shell: [] } })
  const none = factsOf('c1', { healthCheck: { test: ['NONE'], shell: [] } })
  // The engine writes a blank behind a command without arguments.
  assert.deepEqual(kinds([exec('exec_create: /check ', 'h1', plain)]), ['skipped'])
  assert.deepEqual(kinds([exec('exec_create: /check me', 'h1', plain)]), ['record'])
  assert.deepEqual(kinds([exec('exec_create: ', 'h1', none)]), ['record'])
  assert.deepEqual(kinds([exec('exec_create: /check', 'h1', factsOf('c1'))]), ['record'])
})

test('an end is skipped only after its own beginning', () => {
  const begin = exec('exec_create: /bin/sh -c curl -f http://localhost', 'h1')
  assert.deepEqual(kinds([begin, exec('exec_die', 'h2'), exec('exec_die', 'h1'), exec('exec_die', 'h1')]), [
    'skipped', 'record', 'skipped', 'record',
  ]) // prettier-ignore
})

test('a label named execID hides no exec', () => {
  const forged = { ...checked, labels: { execID: 'h1' } }
  const begin = exec('exec_create: /bin/sh -c curl -f http://localhost', 'h1', forged)
  assert.deepEqual(kinds([begin, exec('exec_die', 'h1', forged)]), ['skipped', 'record'])
})

test('without facts an exec is recorded', () => {
  const given = record('exec_create: /bin/sh -c curl -f http://localhost', {
    attributes: { execID: 'h1' },
  })
  assert.deepEqual(kinds([{ ...given, enrichment: 'missing' }]), ['record'])
})

test('the recorded trace: 66 of 72 exec events are the health check, 6 are a person', async () => {
  const { enrich } = createEnricher({
    inspector: { ...lifecycleInspector(), list: () => Promise.resolve([]) },
    clock: createManualClock(),
  })
  const counter = createSkipCounter()
  const records = lifecycleEvents().map((event) => recordOf(engine, event))
  const values = await lastValueFrom(
    from(records).pipe(enrich, skipHealthChecks(), counter.count, toArray()),
  )
  const execs = values.flatMap((value) =>
    value.kind === 'record' && value.event.action.startsWith('exec_') ? [value.event.action] : [],
  )
  assert.deepEqual(execs, [
    'exec_create: touch /tmp/sick', 'exec_start: touch /tmp/sick', 'exec_die',
    'exec_create: rm /tmp/sick', 'exec_start: rm /tmp/sick', 'exec_die',
  ]) // prettier-ignore
  assert.deepEqual(counter.status(), { filter: 0, label: 0, 'health-check': 66 })
  assert.equal(values.length, 221)
})
