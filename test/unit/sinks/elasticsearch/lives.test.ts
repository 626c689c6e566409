import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Sequenced } from '../../../../src/model/entry.ts'
import { factsOf, linesOfLife, type Facts } from '../../../../src/sinks/elasticsearch/lives.ts'
import { gapFor, plainRecord } from '../../../support/entries.ts'
import { lifeEntriesOf } from '../../../support/lives/ends.ts'
import { tell } from '../../../support/lives/tell.ts'
import { assertCaught } from '../../../support/planted.ts'
import { runs } from '../../../support/property.ts'

const story =
  'create start +5000 die(1) +100 start +9000 pause +20 unpause kill(15) +20 die(0) stop destroy'

/** A story with its life entries, which come when nothing more is expected. */
function told(text: string): Sequenced[] {
  const entries = tell(text)
  const ends = lifeEntriesOf(entries).map((end, at) => ({ ...end, seq: entries.length + 1 + at }))
  return [...entries, ...ends]
}

interface Document {
  readonly [side: string]: Facts[string]
}

/** As the script does it. */
function fold(
  entries: readonly Sequenced[],
  isNewer = (at: string, known: string) => at > known,
): Document {
  const document: { [side: string]: Facts[string] } = {}
  for (const entry of entries) {
    for (const [side, fact] of Object.entries(factsOf(entry)?.facts ?? {})) {
      const known = document[side]
      if (known === undefined || isNewer(fact.at, known.at)) document[side] = fact
    }
  }
  return document
}

const fieldsOf = (document: Document): object =>
  Object.assign({}, ...Object.values(document).map(({ set }) => set)) as object

test('two lines: whose document it is, and what is told of it', () => {
  const [head, body, end] = linesOfLife({ ...plainRecord(7), seq: 1 }, 'auditor-lives').split('\n')
  assert.match(
    head!,
    /^\{"update":\{"_index":"auditor-lives","_id":"[0-9a-f]{32}","retry_on_conflict":8\}\}$/,
  )
  const { scripted_upsert, script, upsert } = JSON.parse(body!)
  assert.deepEqual([scripted_upsert, upsert, end], [true, {}, ''])
  assert.deepEqual(script.params.facts.status, {
    at: '2026-11-22T00:00:07.000000000Z 2',
    set: { 'auditor.life.status': 'running', 'auditor.origin': 'observed' },
  })
  assert.deepEqual(script.params.facts.image.set, {
    'container.image.name': 'shop/api',
    'container.image.tag': ['1.4.2'],
  })
})

test('what tells of no life writes none', () => {
  const others = [gapFor(undefined, 1), plainRecord(1, {}, 'exec_start: date')]
  for (const entry of others) assert.equal(linesOfLife({ ...entry, seq: 1 }, 'lives'), '')
})

test('labels of the strangest names are one line of well-formed JSON', () => {
  const lines = linesOfLife({ ...plainRecord(1, { 'a\0\n': '\ud800' }), seq: 1 }, 'lives')
  assert.equal(lines.split('\n').length, 3)
  const { script } = JSON.parse(lines.split('\n')[1]!)
  assert.deepEqual(script.params.facts.labels.set['container.labels'], { 'a\ufffd\n': '\ufffd' })
})

test('a life and its last end', () => {
  const document = fieldsOf(fold(told(story)))
  const some = Object.entries(document).filter(([field]) =>
    /status|cause|signal|exit_code|run$|notes/.test(field),
  )
  assert.deepEqual(Object.fromEntries(some), {
    'auditor.life.status': 'removed',
    'auditor.life.cause': 'stopped',
    'auditor.life.signal': 15,
    'auditor.life.notes': null,
    'auditor.life.run': 2,
    'process.exit_code': 0,
  })
})

/** Whatever the order, and however often each comes, the document is the same. */
function anyOrder(isNewer?: (at: string, known: string) => boolean) {
  const entries = told(story)
  const order = fc.shuffledSubarray([...entries, ...entries, ...entries], {
    minLength: entries.length,
  })
  return fc.property(order, (some) => {
    assert.deepEqual(fold([...some, ...entries].toReversed(), isNewer), fold(entries))
  })
}

test('the document is the same in whatever order entries come, and however often', () => {
  fc.assert(anyOrder(), runs(200))
})

test('that is noticed where the last to come wins', () =>
  assertCaught(anyOrder((at, known) => at !== known)))

test('what is told twice of one moment is the same', () => {
  const seen = new Map<string, unknown>()
  for (const entry of told(story)) {
    for (const [side, { at, set }] of Object.entries(factsOf(entry)?.facts ?? {})) {
      const before = seen.get(`${side} ${at}`)
      if (before !== undefined) assert.deepEqual(set, before, side)
      seen.set(`${side} ${at}`, set)
    }
  }
})
