import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createAuditor } from '../../src/agent/auditor.ts'
import { createMemoryJournal } from '../../src/journal/memory.ts'
import { elasticsearchOptions } from '../../src/sinks/elasticsearch/options.ts'
import { createElasticsearchSink } from '../../src/sinks/elasticsearch/sink.ts'
import { elasticsearch } from '../support/elasticsearch.ts'
import { plainRecord } from '../support/entries.ts'
import { eventually } from '../support/eventually.ts'
import { requirePeer } from '../support/peers.ts'

const ENTRIES = 8000
const BAD = 4711

test('killed with several batches in flight: every document once, the bad one is a dead letter', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const index = 'in-flight'
  const mappings = { properties: { container: { properties: { name: { type: 'long' } } } } }
  await node.call('PUT', index, { mappings })
  const options = elasticsearchOptions.parse({ urls: [node.url], index, template: false })
  const sink = createElasticsearchSink(options, 'es')
  let [inFlight, most] = [0, 0]
  const counted = {
    ...sink,
    async deliver(...given: Parameters<typeof sink.deliver>) {
      most = Math.max(most, (inFlight += 1))
      return sink.deliver(...given).finally(() => (inFlight -= 1))
    },
  }
  const journal = createMemoryJournal()
  await journal.append(
    Array.from({ length: ENTRIES }, (_, at) =>
      plainRecord(at, { name: at + 1 === BAD ? 'web' : String(at) }),
    ),
  )
  const sinks = [{ sink: counted, batch: 250, inFlight: 4, from: 'start' as const }]
  await using auditor = createAuditor({ engines: [], journal, sinks })
  await auditor.start()
  const cursor = async () => (await journal.cursors())[0]!
  await eventually(
    'a first batch is confirmed',
    async () => (await cursor()).confirmed || undefined,
  )
  await node.kill()
  await eventually('it is noticed', async () => {
    const [status] = (await auditor.health()).sinks
    return status?.state === 'retrying' ? status : undefined
  })
  t.diagnostic(
    `killed at ${(await cursor()).confirmed} of ${ENTRIES}, with up to ${most} in flight`,
  )
  await node.restart()
  await journal.hurry()
  await auditor.drain(AbortSignal.timeout(120_000))

  const { confirmed, deadLetters } = await cursor()
  const last = (await journal.stats()).lastSeq
  assert.deepEqual({ confirmed, deadLetters }, { confirmed: last, deadLetters: 1 })
  const found = await node.documents(index)
  const bad = await Array.fromAsync(journal.deadLetters('es'))
  assert.match(bad[0]!.reason, /document_parsing_exception/)
  const sequences = found.map(({ source }) => source.event.sequence)
  assert.equal(new Set(sequences).size, last - 1)
  assert.equal(sequences.length, last - 1, 'each once')
  assert.ok(!sequences.includes(bad[0]!.seq))
  assert.ok(most > 1, 'several were in flight')
})
