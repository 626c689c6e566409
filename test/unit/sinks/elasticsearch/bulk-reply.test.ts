import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Delivery } from '../../../../src/model/delivery.ts'
import { deliveryOf } from '../../../../src/sinks/elasticsearch/bulk-reply.ts'
import { excerptWithout } from '../../../../src/sinks/wire/excerpt.ts'
import { plainRecord } from '../../../support/entries.ts'
import { assertCaught } from '../../../support/planted.ts'
import { runs } from '../../../support/property.ts'

const excerpt = excerptWithout([])
const batch = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...plainRecord(index), seq: index + 1 }))

/** One item of an answer, and what is to become of its entry. */
interface Case {
  readonly status: number
  readonly type?: string
  readonly becomes: 'delivered' | 'retry' | 'refused'
}

const cases: readonly Case[] = [
  { status: 201, becomes: 'delivered' },
  { status: 200, becomes: 'delivered' },
  { status: 409, type: 'version_conflict_engine_exception', becomes: 'delivered' },
  { status: 429, type: 'es_rejected_execution_exception', becomes: 'retry' },
  { status: 429, type: 'cluster_block_exception', becomes: 'retry' },
  { status: 503, type: 'unavailable_shards_exception', becomes: 'retry' },
  { status: 500, type: 'whatever', becomes: 'retry' },
  { status: 403, type: 'security_exception', becomes: 'retry' },
  { status: 404, type: 'index_not_found_exception', becomes: 'retry' },
  { status: 400, type: 'index_closed_exception', becomes: 'retry' },
  { status: 409, type: 'resource_already_exists_exception', becomes: 'retry' },
  { status: 400, type: 'document_parsing_exception', becomes: 'refused' },
  { status: 400, type: 'strict_dynamic_mapping_exception', becomes: 'retry' },
  { status: 400, becomes: 'refused' },
  { status: 413, type: 'too_large', becomes: 'refused' },
]

function answerTo(items: readonly Case[]): string {
  return JSON.stringify({
    errors: items.some(({ status }) => status >= 300),
    items: items.map(({ status, type }) => ({
      create: { status, ...(type === undefined ? {} : { error: { type, reason: 'because' } }) },
    })),
  })
}

type Implementation = typeof deliveryOf

/** Every entry becomes what its own item says, and nothing becomes two things. */
function everyItem(implementation: Implementation): fc.IProperty<[Case[]]> {
  const items = fc.array(fc.constantFrom(...cases), { minLength: 1, maxLength: 12 })
  return fc.property(items, (items) => {
    const answer = { status: 200, text: answerTo(items) }
    const delivery = implementation(answer, batch(items.length), excerpt)
    assert.deepEqual(
      items.map((_, index) => fateOf(delivery, index + 1)),
      items.map(({ becomes }) => becomes),
    )
  })
}

function fateOf(delivery: Delivery, seq: number): string {
  if (delivery.status !== 'partial') return delivery.status
  const refused = delivery.refused.some((refusal) => refusal.seq === seq)
  const retried = delivery.retry.includes(seq)
  if (refused && retried) return 'both'
  return refused ? 'refused' : retried ? 'retry' : 'delivered'
}

test('every entry of a batch fares as its own item says', () => {
  fc.assert(everyItem(deliveryOf), runs(150))
})

const planted: { readonly [bug: string]: Implementation } = {
  'a conflict is a refusal': (answer, entries, excerpt) => {
    const text = answer.text.replaceAll('version_conflict_engine_exception', 'other')
    return deliveryOf({ ...answer, text }, entries, excerpt)
  },
  'answers are assigned backwards': (answer, entries, excerpt) =>
    deliveryOf(answer, entries.toReversed(), excerpt),
  'an overload is a refusal': (answer, entries, excerpt) =>
    deliveryOf({ ...answer, text: answer.text.replaceAll('429', '400') }, entries, excerpt),
  'errors are not looked at': (answer, entries, excerpt) => {
    const text = answer.text.replace('"errors":true', '"errors":false')
    return deliveryOf({ ...answer, text }, entries, excerpt)
  },
  'refusals are tried again': (answer, entries, excerpt) => {
    const delivery = deliveryOf(answer, entries, excerpt)
    if (delivery.status !== 'partial') return delivery
    const retry = [...delivery.retry, ...delivery.refused.map(({ seq }) => seq)]
    return { status: 'partial', retry, refused: [] }
  },
}

for (const [bug, implementation] of Object.entries(planted)) {
  test(`that is noticed where ${bug}`, () => assertCaught(everyItem(implementation)))
}

test('a refusal tells the type, the reason and what lies deeper', () => {
  const error = {
    type: 'document_parsing_exception',
    reason: '[1:9] failed to parse field [host]',
    caused_by: { reason: 'not an object' },
  }
  const items = [{ create: { status: 201 } }, { create: { status: 400, error } }]
  const text = JSON.stringify({ errors: true, items })
  assert.deepEqual(deliveryOf({ status: 200, text }, batch(2), excerpt), {
    status: 'partial',
    retry: [],
    refused: [
      {
        seq: 2,
        reason:
          '400 document_parsing_exception: [1:9] failed to parse field [host] (not an object)',
      },
    ],
  })
})

/** One entry whose items fared so: its own document and its life's. */
function withLife(own: Case, life: Case, reason = 'because'): Delivery {
  const itemOf = ({ status, type }: Case) => ({ status, error: { type, reason } })
  const items = [{ create: itemOf(own) }, { update: itemOf(life) }]
  const [entry] = batch(1)
  const text = JSON.stringify({ errors: true, items })
  return deliveryOf({ status: 200, text }, [entry!, entry!], excerpt)
}

const conflict = cases[2]!

test('an entry is delivered when its own document and that of its life are', () => {
  const [created, updated] = [cases[0]!, cases[1]!]
  assert.equal(withLife(conflict, updated).status, 'delivered')
  assert.equal(withLife(created, conflict).status, 'retry', 'others wrote it at the same moment')
  const script = { status: 400, type: 'illegal_argument_exception' } as Case
  const held = withLife(created, script)
  assert.match(held.status === 'retry' ? held.cause.message : '', /life document: 400 .*script/)
  const off = withLife(created, script, 'cannot execute [inline] scripts')
  assert.equal(off.status === 'retry' && off.blame, 'sink')
})

test('a life document that is refused makes a dead letter that says so', () => {
  const parsing = cases.find(({ type }) => type === 'document_parsing_exception')!
  assert.deepEqual(withLife(conflict, parsing), {
    status: 'partial',
    retry: [],
    refused: [{ seq: 1, reason: 'life document: 400 document_parsing_exception: because' }],
  })
  assert.equal(withLife(parsing, cases[3]!).status, 'retry', 'its life is not lost with it')
})

test('a reason is no longer than a log line bears', () => {
  const error = { type: 'document_parsing_exception', reason: 'x'.repeat(100_000) }
  const items = [{ create: { status: 201 } }, { create: { status: 400, error } }]
  const text = JSON.stringify({ errors: true, items })
  const delivery = deliveryOf({ status: 200, text }, batch(2), excerpt)
  assert.ok(delivery.status === 'partial' && delivery.refused[0]!.reason.length < 400)
})

test('where every item asks for another try, the batch is retried with the cause', () => {
  const text = answerTo([cases[7]!, cases[7]!])
  const delivery = deliveryOf({ status: 200, text }, batch(2), excerpt)
  assert.equal(delivery.status, 'retry')
  assert.match(delivery.cause.message, /403 security_exception \(grant create_doc.*\): because/)
})

test('a retry says whether the cluster or the user is to blame, whatever the document', () => {
  const isBlamed = (each: Case): boolean => {
    const delivery = deliveryOf({ status: 200, text: answerTo([each]) }, batch(1), excerpt)
    return delivery.status === 'retry' && delivery.blame === 'sink'
  }
  const retried = cases.filter(({ becomes }) => becomes === 'retry')
  assert.deepEqual(
    retried.filter((each) => !isBlamed(each)).map(({ status }) => status),
    [500, 409, 400],
  )
})

test('where some are to be sent again, the answer in part says why', () => {
  const text = answerTo([cases[0]!, cases[3]!])
  const delivery = deliveryOf({ status: 200, text }, batch(2), excerpt)
  assert.ok(delivery.status === 'partial')
  assert.match(delivery.cause!.message, /^Elasticsearch: 429 es_rejected/)
})

const wholes: readonly (readonly [
  name: string,
  status: number,
  text: string,
  Delivery['status'],
])[] = [
  ['too large', 413, '', 'refused'],
  ['overloaded', 429, '{"error":{"type":"es_rejected_execution_exception"}}', 'retry'],
  ['away behind a proxy', 502, '<html>Bad Gateway</html>', 'retry'],
  ['wrong password', 401, '{"error":{"type":"security_exception"}}', 'retry'],
  ['not allowed', 403, '{"error":{"type":"security_exception"}}', 'retry'],
  ['no such index', 404, '{"error":{"type":"index_not_found_exception"}}', 'retry'],
  ['redirected', 301, '', 'retry'],
  ['an older server', 400, '{"error":{"type":"media_type_header_exception"}}', 'retry'],
  ['a document at fault', 400, '{"error":{"type":"x_content_parse_exception"}}', 'refused'],
  ['a proxy at fault', 400, '<html>plain HTTP sent to HTTPS port</html>', 'retry'],
  ['not JSON', 200, 'hello', 'retry'],
  ['null', 200, 'null', 'retry'],
  ['too few items', 200, '{"errors":true,"items":[{"create":{"status":201}}]}', 'retry'],
  ['strange items', 200, '{"errors":true,"items":[1,null]}', 'retry'],
  ['cut short', 200, '{"errors":true,"items":[{"create":', 'retry'],
]

for (const [name, status, text, expected] of wholes) {
  test(`the answer to a whole batch: ${name}`, () => {
    assert.equal(deliveryOf({ status, text }, batch(2), excerpt).status, expected)
  })
}

test('who answered what, and the cure, stand before what it said', () => {
  const causeOf = (answer: Partial<Parameters<typeof deliveryOf>[0]>): string => {
    const delivery = deliveryOf({ status: 404, text: '<html>', ...answer }, batch(1), excerpt)
    return delivery.status === 'retry' ? delivery.cause.message : ''
  }
  assert.match(causeOf({ isForeign: true }), /^what is no Elasticsearch answered 404 \(is this the/)
  assert.match(
    causeOf({ isForeign: true, status: 502 }),
    /answered 502 \(a proxy before it\?\): <h/,
  )
  const moved = causeOf({ isForeign: true, status: 307, location: 'https://es:9200/', text: '' })
  assert.match(moved, /307 \(redirects are not followed; set urls to https:\/\/es:9200\/\)$/)
})

test('what the server asks for by Retry-After is passed on', () => {
  const delivery = deliveryOf({ status: 429, text: '', afterMs: 7000 }, batch(1), excerpt)
  assert.ok(delivery.status === 'retry')
  assert.equal(delivery.afterMs, 7000)
})

test('no answer makes it throw, whatever it is', () => {
  const text = fc.oneof(
    fc.json(),
    fc.string(),
    fc.anything().map((value) => `{"errors":true,"items":${JSON.stringify(value) ?? 'null'}}`),
  )
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 599 }), text, (status, text) => {
      deliveryOf({ status, text }, batch(2), excerpt)
    }),
    runs(200),
  )
})
