import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import { createAuditor } from '../../src/agent/auditor.ts'
import { createMemoryJournal } from '../../src/journal/memory.ts'
import { elasticsearchOptions } from '../../src/sinks/elasticsearch/options.ts'
import { createElasticsearchSink } from '../../src/sinks/elasticsearch/sink.ts'
import { connectProxy } from '../support/connect-proxy.ts'
import { guardedElasticsearch, type ElasticsearchNode } from '../support/elasticsearch.ts'
import { plainRecord } from '../support/entries.ts'
import { eventually } from '../support/eventually.ts'
import { requirePeer } from '../support/peers.ts'
import { freePort } from '../support/ports.ts'

/** An auditor without engine, with so many records for one sink. */
async function auditorWith(
  t: TestContext,
  records: readonly ReturnType<typeof plainRecord>[],
  options: object,
) {
  const journal = createMemoryJournal()
  await journal.append(records)
  const parsed = elasticsearchOptions.parse({ every: '0s', timeout: '5s', ...options })
  const sink = createElasticsearchSink(parsed, 'search')
  const { batch, inFlight } = parsed
  const sinks = [{ sink, batch, inFlight, from: 'start' as const }]
  const auditor = createAuditor({ engines: [], journal, sinks })
  t.after(() => auditor.stop())
  await auditor.start()
  return {
    /** The state of the sink says so, and nothing has left the queue. */
    says: async (what: RegExp): Promise<void> => {
      const said = await eventually('the sink fails', async () => {
        const [status] = (await auditor.health()).sinks
        return status?.state === 'retrying' ? status.lastError : undefined
      })
      assert.match(said, what)
      const { confirmed, deadLetters } = (await journal.cursors())[0]!
      assert.deepEqual([confirmed, deadLetters], [0, 0])
    },
    /** Until everything is settled; what could not be delivered. */
    drained: async () => {
      await journal.hurry()
      await auditor.drain(AbortSignal.timeout(120_000))
      return Array.fromAsync(journal.deadLetters('search'))
    },
    ids: records.map(({ id }) => id).toSorted(),
  }
}

const recordsOf = (count: number, size = 10) =>
  Array.from({ length: count }, (_, at) => plainRecord(at, { filler: 'x'.repeat(size) }))

/** Of the records alone: the agent's own markers are there, too. */
async function arrived(node: ElasticsearchNode, index: string): Promise<readonly string[]> {
  const found = await node.documents(index, { exists: { field: 'container.id' } })
  return found.map(({ id }) => id).toSorted()
}

test('more than the cluster takes at once: 429 again and again, and each entry is there once', async (t) => {
  const node = await requirePeer(t, guardedElasticsearch)
  if (node === undefined) return
  const { url, username, password, ca } = node
  const index = 'pressed'
  const records = [...recordsOf(1500, 500), plainRecord(1500, { filler: 'y'.repeat(3_000_000) })]
  const options = { urls: [url], username, password, ca, index, inFlight: 4, maxRequest: '2MiB' }
  const { drained, ids } = await auditorWith(t, records, options)
  const letters = await drained()
  assert.deepEqual(
    await arrived(node, index),
    ids.filter((id) => id !== records.at(-1)!.id),
  )
  assert.deepEqual(
    letters.map(({ entry }) => entry?.id),
    [records.at(-1)!.id],
  )
  assert.match(letters[0]!.reason, /the request has \d{7} bytes; maxRequest allows 2MiB/)
  const { nodes } = (await node.call(
    'GET',
    '_nodes/stats/indexing_pressure?filter_path=nodes.*.indexing_pressure.memory.total',
  )) as Stats
  const { total } = Object.values(nodes)[0]!.indexing_pressure.memory
  t.diagnostic(`refused for pressure: ${total.coordinating_rejections} requests`)
  assert.ok(total.coordinating_rejections > 0, 'there was no pressure')
})

interface Stats {
  readonly nodes: {
    readonly [id: string]: {
      readonly indexing_pressure: {
        readonly memory: { readonly total: { readonly coordinating_rejections: number } }
      }
    }
  }
}

test('a wrong password is said; once it is right everything arrives, with the privileges of the docs', async (t) => {
  const node = await requirePeer(t, guardedElasticsearch)
  if (node === undefined) return
  const { url, ca } = node
  const dataStream = 'logs-docker.guarded-default'
  const indices = [{ names: [dataStream], privileges: ['create_doc', 'auto_configure'] }]
  await node.call('PUT', '_security/role/recorder', {
    cluster: ['manage_index_templates'],
    indices,
  })
  const user = { password: 'at-first', roles: ['recorder'] }
  await node.call('PUT', '_security/user/recorder', user)
  const options = { urls: [url], username: 'recorder', password: 'later-on', ca, dataStream }
  const { says, drained, ids } = await auditorWith(t, recordsOf(20), options)
  await says(/Elasticsearch answered 401 .*\(check username and password, or apiKey\)/)
  await node.call('PUT', '_security/user/recorder/_password', { password: 'later-on' })
  assert.deepEqual(await drained(), [])
  assert.deepEqual(await arrived(node, dataStream), ids)
})

test('a user who may not write is told what to grant, and the queue is kept', async (t) => {
  const node = await requirePeer(t, guardedElasticsearch)
  if (node === undefined) return
  const { url, ca } = node
  const index = 'forbidden'
  const grant = (privileges: readonly string[]) =>
    node.call('PUT', '_security/role/writer', { indices: [{ names: [index], privileges }] })
  await grant(['read'])
  await node.call('PUT', '_security/user/writer', { password: 'a-secret', roles: ['writer'] })
  const user = { username: 'writer', password: 'a-secret' }
  const options = { urls: [url], ca, ...user, index, template: false }
  const { says, drained, ids } = await auditorWith(t, recordsOf(20), options)
  await says(/403 \(grant create_doc and auto_configure on the target\): security_exception/)
  await grant(['create_doc', 'auto_configure'])
  assert.deepEqual(await drained(), [])
  assert.deepEqual(await arrived(node, index), ids)
})

test('a wrong certificate, plain text to TLS: each is said with its cure', async (t) => {
  const node = await requirePeer(t, guardedElasticsearch)
  if (node === undefined) return
  const { url, username, password } = node
  const user = { username, password, index: 'never' }
  const untrusted = await auditorWith(t, recordsOf(3), { urls: [url], ...user })
  await untrusted.says(/self-signed certificate.*\(set ca to the authority of its certificate\)/)
  const other = { urls: [url], ...user, fingerprint: '00'.repeat(32) }
  const pinned = await auditorWith(t, recordsOf(3), other)
  await pinned.says(/none of its certificates has the fingerprint that is set/)
  const plain = { urls: [url.replace('https:', 'http:')], ...user }
  const inPlainText = await auditorWith(t, recordsOf(3), plain)
  await inPlainText.says(/\(if it wants TLS, use https:\)/)
})

test('by fingerprint, through a proxy, and past a node that is dead', async (t) => {
  const node = await requirePeer(t, guardedElasticsearch)
  if (node === undefined) return
  const { url, username, password, ca } = node
  await using proxy = await connectProxy()
  const index = 'dated-by-hour-%Y.%m.%d-%H'
  const dead = `https://127.0.0.1:${await freePort()}`
  const options = {
    urls: [dead, url],
    username,
    password,
    index,
    fingerprint: new X509Certificate(readFileSync(ca!)).fingerprint256,
    proxy: `http://127.0.0.1:${proxy.port}`,
    batch: 50,
  }
  const { drained, ids } = await auditorWith(t, recordsOf(1000), options)
  assert.deepEqual(await drained(), [])
  assert.deepEqual(await arrived(node, 'dated-by-hour-*'), ids)
  assert.ok(proxy.asked.includes(new URL(url).host))
})
