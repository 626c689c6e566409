import assert from 'node:assert/strict'
import { test } from 'node:test'
import { from } from 'rxjs'
import { gapOf, markerOf } from '../../../src/model/entry-factory.ts'
import type { Entry } from '../../../src/model/entry.ts'
import { filterEntries, type FilterOptions } from '../../../src/streams/filter.ts'
import type { Flowing } from '../../../src/streams/flow.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { drawn, told } from '../../support/marbles.ts'
import { record } from '../../support/records.ts'

const gap = gapOf({ from: 1n, to: 2n, cause: 'reconnect', certainty: 'possible' })
const marker = markerOf({ time: 1n, marker: 'agent-started', data: {} })

function through(options: FilterOptions, entries: readonly Entry[]): string[] {
  return told(from(entries).pipe(filterEntries(options))).values.map(kindOf)
}

const kindOf = (value: Flowing): string => (value.kind === 'skipped' ? value.reason : value.kind)

test('what nobody wants goes on as Skipped; gaps always pass', async () => {
  const ignored = record('start', { id: 'b', attributes: { 'auditor.ignore': 'true' } })
  const picture = await drawn(filterEntries({ explicit: false }), {
    clock: createManualClock(),
    source: 'a-b-G-c-|',
    values: (mark) => (mark === 'G' ? gap : mark === 'b' ? ignored : record(mark, { id: mark })),
    label: (value) =>
      value.kind === 'gap'
        ? 'G'
        : value.kind === 'skipped'
          ? 's'
          : value.kind === 'record'
            ? value.event.action
            : '?',
  })
  assert.equal(picture, 'a-s-G-c-|')
})

test('a Skipped keeps the place of its event', () => {
  const given = record('start')
  const { values } = told(
    from([given]).pipe(filterEntries({ explicit: false, accepts: () => false })),
  )
  assert.deepEqual(values, [
    {
      kind: 'skipped',
      engineId: given.engine.id,
      id: given.id,
      time: given.time,
      reason: 'filter',
    },
  ])
})

test('a snapshot that is not wanted leaves no trace: it has no place to move past', () => {
  const snapshot = { ...record('snapshot'), origin: 'snapshot' as const }
  assert.deepEqual(through({ explicit: false, accepts: () => false }, [snapshot, gap, marker]), [
    'gap',
    'marker',
  ])
})

test('auditor.ignore counts unless it says no', () => {
  for (const [value, expected] of [
    ['true', 'label'], ['1', 'label'], ['', 'label'], ['yes', 'label'],
    ['false', 'record'], ['0', 'record'], ['No', 'record'], [' off ', 'record'],
  ] as const) {
    const given = record('start', { attributes: { 'auditor.ignore': value } })
    assert.deepEqual(through({ explicit: false }, [given]), [expected], JSON.stringify(value))
  }
}) // prettier-ignore

test('explicit: only auditor.enable lets a container in, and auditor.ignore still leaves it out', () => {
  const enabled = { 'auditor.enable': 'true' }
  const given = [
    record('start'),
    record('start', { attributes: enabled }),
    record('start', { attributes: { 'auditor.enable': 'false' } }),
    record('start', { attributes: { ...enabled, 'auditor.ignore': 'true' } }),
    record('pull', { type: 'image' }),
    record('prune', { id: '' }),
  ]
  assert.deepEqual(through({ explicit: true }, given), [
    'label',
    'record',
    'label',
    'label',
    'record',
    'record',
  ])
})

test('events that name a container follow it', () => {
  const connect = (container: string): Entry =>
    record('connect', { type: 'network', id: 'n1', attributes: { container } })
  const given = [
    record('create', { id: 'in', attributes: { 'auditor.enable': 'true' } }),
    record('create', { id: 'out', attributes: { 'auditor.ignore': 'true' } }),
    connect('in'),
    connect('out'),
    connect('unseen'),
  ]
  assert.deepEqual(through({ explicit: false }, given).slice(2), ['record', 'label', 'record'])
  assert.deepEqual(through({ explicit: true }, given).slice(2), ['record', 'label', 'label'])
})
