import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { Delivery } from '../../src/model/delivery.ts'
import type { Sequenced } from '../../src/model/entry.ts'
import { formatNanos } from '../../src/model/time.ts'
import { elasticsearchOptions } from '../../src/sinks/elasticsearch/options.ts'
import { createElasticsearchSink } from '../../src/sinks/elasticsearch/sink.ts'
import { elasticsearch, type ElasticsearchNode } from '../support/elasticsearch.ts'
import { plainRecord } from '../support/entries.ts'
import { requirePeer } from '../support/peers.ts'

const signal = new AbortController().signal

const batchOf = (
  count: number,
  attributes: (number: number) => { readonly [name: string]: string } = () => ({}),
): Sequenced[] =>
  Array.from({ length: count }, (_, index) => ({
    ...plainRecord(index, attributes(index)),
    seq: index + 1,
  }))

function sinkTo(t: TestContext, url: string, options: object = {}) {
  const sink = createElasticsearchSink(
    elasticsearchOptions.parse({ urls: [url], ...options }),
    'es',
  )
  t.after(() => sink.close?.())
  return sink
}

async function countOf(node: ElasticsearchNode, target: string): Promise<number> {
  return (await node.documents(target)).length
}

function causeOf(delivery: Delivery): string {
  assert.ok(delivery.status === 'retry', delivery.status)
  return delivery.cause.message
}

test('documents go to a data stream by its template, each once, and can be found', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const dataStream = 'logs-docker.audit-first'
  const sink = sinkTo(t, node.url, { dataStream })
  const labels = (number: number) => ({
    team: number < 5 ? 'shop' : 'search',
    'team.lead': 'a label that is the parent of another',
    long: 'x'.repeat(40_000),
  })
  const entries = batchOf(10, labels)
  await sink.open!(signal)
  assert.deepEqual(await sink.deliver({ entries }, signal), { status: 'delivered' })
  assert.deepEqual(await sink.deliver({ entries }, signal), { status: 'delivered' }, 'again')
  assert.equal(await countOf(node, dataStream), 10)
  const query = { term: { 'container.labels.team': 'shop' } }
  const found = await node.documents(dataStream, query)
  assert.deepEqual(
    found.map(({ id }) => id),
    entries.slice(0, 5).map(({ id }) => id),
  )
  assert.deepEqual(
    found.map(({ source }) => source.event.sequence),
    [1, 2, 3, 4, 5],
  )
})

test("what somebody else put under our template's name stays as it is", async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const index = 'somebody-elses'
  const theirs = { index_patterns: [index], template: { mappings: { dynamic: true } } }
  await node.call('PUT', `_index_template/auditor-${index}`, theirs)
  const sink = sinkTo(t, node.url, { index })
  await sink.open!(signal)
  const now = JSON.stringify(await node.call('GET', `_index_template/auditor-${index}`))
  assert.doesNotMatch(now, /composed_of":\["auditor/)
  assert.equal((await sink.deliver({ entries: batchOf(3) }, signal)).status, 'delivered')
})

test('an entry that the mapping refuses is refused with the reason, the others arrive', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const index = 'conflict'
  const mappings = { properties: { container: { properties: { name: { type: 'long' } } } } }
  await node.call('PUT', index, { mappings })
  const sink = sinkTo(t, node.url, { index, template: false })
  const entries = batchOf(6, (number) => ({ name: number === 3 ? 'web' : String(number) }))
  const delivery = await sink.deliver({ entries }, signal)
  assert.ok(delivery.status === 'partial')
  assert.deepEqual([delivery.retry, delivery.refused.map(({ seq }) => seq)], [[], [4]])
  assert.match(delivery.refused[0]!.reason, /400 document_parsing_exception: .*container\.name/)
  assert.equal(await countOf(node, index), 5)
})

test('a blocked index holds the queue; once the block is gone the same batch arrives', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const index = 'blocked'
  await node.call('PUT', index)
  const block = (on: boolean | null) =>
    node.call('PUT', `${index}/_settings`, { 'index.blocks.read_only_allow_delete': on })
  const sink = sinkTo(t, node.url, { index, template: false })
  await block(true)
  const held = await sink.deliver({ entries: batchOf(4) }, signal)
  assert.match(causeOf(held), /429 cluster_block_exception/)
  await block(null)
  assert.equal((await sink.deliver({ entries: batchOf(4) }, signal)).status, 'delivered')
})

test('without its template a data stream is not made into an index by mistake', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const sink = sinkTo(t, node.url, { dataStream: 'nobody-declared-this', template: false })
  const delivery = await sink.deliver({ entries: batchOf(2) }, signal)
  assert.match(causeOf(delivery), /404 .*install an index template/)
})

test('a batch over the limit of the server is refused as a whole, its halves arrive', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const sink = sinkTo(t, node.url, { index: 'large' })
  await sink.open!(signal)
  const entries = batchOf(4, () => ({ large: 'x'.repeat(1_200_000) }))
  const whole = await sink.deliver({ entries }, signal)
  assert.ok(whole.status === 'refused', JSON.stringify(whole))
  assert.match(whole.cause.message, /413.*\(\d{7,} bytes were sent\)/)
  for (const half of [entries.slice(0, 2), entries.slice(2)])
    assert.equal((await sink.deliver({ entries: half }, signal)).status, 'delivered')
})

test('compressed requests arrive', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const sink = sinkTo(t, node.url, { index: 'compressed', gzip: true })
  await sink.open!(signal)
  assert.equal((await sink.deliver({ entries: batchOf(50) }, signal)).status, 'delivered')
  assert.equal(await countOf(node, 'compressed'), 50)
})

test('killed in the middle of a batch and brought back: every document once', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const index = 'killed'
  const sink = sinkTo(t, node.url, { index })
  await sink.open!(signal)
  const entries = batchOf(2000)
  await sink.deliver({ entries: entries.slice(0, 500) }, signal)
  const [cut] = await Promise.all([sink.deliver({ entries }, signal), node.kill()])
  const down = await sink.deliver({ entries }, signal)
  assert.match(causeOf(down), /Elasticsearch \(http:.*: connect ECONNREFUSED/)
  await assert.rejects(sink.open!(signal), /ECONNREFUSED/)
  t.diagnostic(`the batch that was cut: ${cut.status}`)
  await node.restart()
  await sink.open!(signal)
  assert.deepEqual(await sink.deliver({ entries }, signal), { status: 'delivered' })
  assert.equal(await countOf(node, index), 2000)
})

test('an index by date: each entry in the index of its own day, once', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const sink = sinkTo(t, node.url, { index: 'dated-%Y.%m.%d' })
  await sink.open!(signal)
  const day = 86_400_000_000_000n
  const entries = batchOf(4).map((entry, at) => ({
    ...entry,
    time: entry.time + BigInt(at % 2) * day,
  }))
  assert.deepEqual(await sink.deliver({ entries }, signal), { status: 'delivered' })
  assert.deepEqual(await sink.deliver({ entries }, signal), { status: 'delivered' }, 'again')
  const day1 = formatNanos(entries[0]!.time).slice(0, 10).replaceAll('-', '.')
  const day2 = formatNanos(entries[1]!.time).slice(0, 10).replaceAll('-', '.')
  const idsIn = async (index: string) => (await node.documents(index)).map(({ id }) => id)
  assert.deepEqual(await idsIn(`dated-${day1}`), [entries[0]!.id, entries[2]!.id])
  assert.deepEqual(await idsIn(`dated-${day2}`), [entries[1]!.id, entries[3]!.id])
  const mapped = JSON.stringify(await node.call('GET', `dated-${day2}/_mapping`))
  assert.match(mapped, /"date_nanos"/, 'by the template')
})

test('a batch over maxRequest is halved, an entry over it is refused with its size', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const sink = sinkTo(t, node.url, { index: 'small-requests', maxRequest: '64KiB' })
  await sink.open!(signal)
  const entries = batchOf(3, (number) => ({ large: 'x'.repeat(number === 2 ? 80_000 : 10_000) }))
  const refusal = async (some: readonly Sequenced[]) => {
    const delivery = await sink.deliver({ entries: some }, signal)
    return delivery.status === 'refused' ? delivery.cause.message : delivery.status
  }
  assert.match(await refusal(entries), /^the request has \d{6} bytes; maxRequest allows 64KiB$/)
  assert.match(await refusal(entries.slice(2)), /^the request has \d+ bytes; maxRequest/)
  assert.equal(await refusal(entries.slice(0, 2)), 'delivered')
})
