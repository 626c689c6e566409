import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import type { Sequenced } from '../../src/model/entry.ts'
import { elasticsearchOptions } from '../../src/sinks/elasticsearch/options.ts'
import { createElasticsearchSink } from '../../src/sinks/elasticsearch/sink.ts'
import { cli, replayedJournal } from '../support/cli.ts'
import { elasticsearch, type ElasticsearchNode } from '../support/elasticsearch.ts'
import { lifeEntriesOf } from '../support/lives/ends.ts'
import { tell } from '../support/lives/tell.ts'
import { requirePeer } from '../support/peers.ts'
import { runs } from '../support/property.ts'

const signal = new AbortController().signal

interface LifeDocument {
  readonly _version: number
  readonly _source: {
    readonly container: { readonly name: string }
    readonly auditor: {
      readonly life: { readonly status: string; readonly cause?: string; readonly run?: number }
    }
  }
}

async function livesIn(
  node: ElasticsearchNode,
  index: string,
  query: object = { match_all: {} },
): Promise<readonly LifeDocument[]> {
  await node.call('POST', `${index}/_refresh`)
  const sort = [{ 'container.name': 'asc' }]
  const search = { size: 1000, version: true, sort, query }
  const found = (await node.call('POST', `${index}/_search`, search)) as {
    readonly hits: { readonly hits: readonly LifeDocument[] }
  }
  return found.hits.hits
}

test('one document for each container of a trace, and delivering all again changes nothing', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const lives = 'lives-of-trace'
  const target = 'name=search&dataStream=logs-docker.audit-lives'
  const sink = `elastic://${new URL(node.url).host}?${target}&lives=${lives}&batch=20`
  const data = await replayedJournal(t, sink)
  const drain = async () => {
    const { code, stderr } = await cli(['sinks', 'drain', sink, '--data', data])
    assert.equal(code, 0, stderr)
  }
  await drain()
  const found = await livesIn(node, lives)
  assert.deepEqual(
    found.map(({ _source: { container, auditor } }) => {
      const { status, cause, run } = auditor.life
      return [container.name, status, cause, run]
    }),
    [
      ['bad-a', 'removed', undefined, undefined],
      ['hog-a', 'removed', 'oom', 1],
      ['job-a-1', 'removed', 'crashed', 1],
      ['job-a-2', 'removed', 'crashed', 1],
      ['job-a-3', 'removed', 'completed', 1],
      ['job-a-4', 'removed', 'crashed', 1],
      ['job-a-5', 'removed', 'crashed', 1],
      ['loop-a', 'removed', 'crashed', 5],
      ['never-a', 'removed', undefined, undefined],
      ['redis-a', 'removed', 'stopped', 3],
      ['web-a', 'removed', 'stop-timeout', 1],
      ['weird-a', 'removed', 'crashed', 1],
    ],
  )
  const ofShop = { term: { 'container.labels.com.docker.compose.project': 'shop' } }
  assert.equal((await livesIn(node, lives, ofShop)).length, 2)
  const crashed = { term: { 'auditor.life.cause': 'crashed' } }
  assert.equal((await livesIn(node, lives, crashed)).length, 6)

  const rewound = await cli(['sinks', 'rewind', 'search', '--to', '0', '--data', data])
  assert.equal(rewound.code, 0, rewound.stderr)
  await drain()
  assert.deepEqual(await livesIn(node, lives), found, 'not even their versions')
})

test('whatever the order, and with requests at once, a life comes to the same document', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const index = 'shuffled'
  const told = tell('create start +5000 die(1) start +9000 pause +9 unpause kill(15) die(0) stop')
  const ends = lifeEntriesOf(told).map((end, at) => ({ ...end, seq: told.length + 1 + at }))
  const entries: readonly Sequenced[] = [...told, ...ends]

  async function documentOf(lives: string, parts: readonly (readonly Sequenced[])[]) {
    const options = elasticsearchOptions.parse({ urls: [node!.url], index, lives })
    const sink = createElasticsearchSink(options, 'es')
    try {
      await sink.open!(signal)
      const deliver = (part: readonly Sequenced[]) => sink.deliver({ entries: part }, signal)
      const done = await Promise.all(parts.map(deliver))
      assert.deepEqual(new Set(done.map(({ status }) => status)), new Set(['delivered']))
    } finally {
      await sink.close?.()
    }
    const found = await livesIn(node!, lives)
    assert.equal(found.length, 1)
    const [{ _source: source }] = found as [LifeDocument]
    return source
  }

  const inOrder = await documentOf('lives-in-order', [entries])
  assert.deepEqual(inOrder.auditor.life.status, 'exited')
  let number = 0
  const order = fc.shuffledSubarray([...entries, ...entries], { minLength: entries.length * 2 })
  const anyOrder = fc.asyncProperty(order, async (some) => {
    const third = Math.ceil(some.length / 3)
    const parts = [some.slice(0, third), some.slice(third, 2 * third), some.slice(2 * third)]
    assert.deepEqual(await documentOf(`lives-shuffled-${(number += 1)}`, parts), inOrder)
  })
  await fc.assert(anyOrder, runs(10))
})

test('a life document that the mapping refuses: its entry is refused with the reason, and arrives', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const [index, lives] = ['with-bad-lives', 'bad-lives']
  await node.call('PUT', lives, { mappings: { properties: { host: { type: 'keyword' } } } })
  const options = elasticsearchOptions.parse({ urls: [node.url], index, lives })
  const sink = createElasticsearchSink(options, 'es')
  t.after(() => sink.close?.())
  await sink.open!(signal)
  const delivery = await sink.deliver({ entries: tell('create') }, signal)
  assert.ok(delivery.status === 'partial')
  assert.match(delivery.refused[0]!.reason, /^life document: 400 document_parsing_exception/)
  assert.equal((await node.documents(index)).length, 1)
})
