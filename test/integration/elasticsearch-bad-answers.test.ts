import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { cli, scratch } from '../support/cli.ts'
import { startCli } from '../support/cli-process.ts'
import { elasticsearch, type ElasticsearchNode } from '../support/elasticsearch.ts'
import { eventually } from '../support/eventually.ts'
import { fakeDocker, publishLife } from '../support/fake-docker.ts'
import { passingOn } from '../support/faults/keepers.ts'
import { requirePeer } from '../support/peers.ts'
import { freePort } from '../support/ports.ts'
import { serveHttp } from '../support/servers.ts'
import { listedSinks } from '../support/sinks-list.ts'

/** One way in which a cluster is not what a sink needs; `heal` makes it so. */
interface Trouble {
  readonly uri: string
  /** What `auditor sinks` says: the thing and the fix. */
  readonly says: RegExp
  readonly target: string
  readonly heal: () => unknown
}

const asElasticsearch = { 'x-elastic-product': 'Elasticsearch' }

/** A server before the cluster, which answers by itself until it is healed. */
async function front(
  t: TestContext,
  node: ElasticsearchNode,
  name: string,
  answer: (response: ServerResponse) => void,
  says: RegExp,
): Promise<Trouble> {
  const behind = passingOn(node.url)
  let isWell = false
  const listener = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = Buffer.concat((await Array.fromAsync(request)) as Buffer[])
    if (!isWell) return answer(response)
    const { status, headers, body: said } = await behind.take(request, body)
    response.writeHead(status, headers).end(said)
  }
  const server = await serveHttp((request, response) => void listener(request, response))
  t.after(() => server[Symbol.asyncDispose]())
  const target = `front-${name}`
  const uri = `elasticsearch+${server.url}?name=${name}&index=${target}`
  return { uri, says, target, heal: () => (isWell = true) }
}

/** Something about the index itself. */
function indexTrouble(
  node: ElasticsearchNode,
  name: string,
  says: RegExp,
  heal: () => unknown,
  query = `index=bad-${name}&template=false`,
): Trouble {
  const uri = `elasticsearch+${node.url}?name=${name}&${query}`
  return { uri, says, target: `bad-${name}`, heal }
}

async function troublesOf(t: TestContext, node: ElasticsearchNode): Promise<readonly Trouble[]> {
  const settings = (index: string, set: object) => node.call('PUT', `${index}/_settings`, set)
  const template = (name: string, body: object) => node.call('PUT', `_index_template/${name}`, body)
  for (const name of ['blocked', 'flooded', 'closed']) await node.call('PUT', `bad-${name}`)
  await settings('bad-blocked', { 'index.blocks.write': true })
  await settings('bad-flooded', { 'index.blocks.read_only_allow_delete': true })
  await node.call('POST', 'bad-closed/_close')
  await template('theirs-alike', { index_patterns: ['bad-alik*'], priority: 300 })
  await template('theirs-above', { index_patterns: ['bad-above'], priority: 500 })
  await template('theirs-strict', {
    index_patterns: ['bad-strict'],
    priority: 500,
    template: { mappings: { dynamic: 'strict', properties: { '@timestamp': { type: 'date' } } } },
  })
  return [
    await front(
      t,
      node,
      'nonsense',
      (response) => void response.writeHead(200, asElasticsearch).end('<html>hello</html>'),
      /makes no sense: <html>hello/,
    ),
    await front(
      t,
      node,
      'half',
      (response) => {
        response.writeHead(200, { ...asElasticsearch, 'content-length': 1000 })
        response.write('{"errors":tr', () => response.destroy())
      },
      /Elasticsearch \(http:.*\): .*(aborted|closed|terminated)/,
    ),
    await front(
      t,
      node,
      'moved',
      (response) => void response.writeHead(307, { location: 'https://es.example:9200/' }).end(),
      /answered 307 .*\(redirects are not followed; set urls to https:\/\/es\.example:9200\/\)/,
    ),
    await front(
      t,
      node,
      'stranger',
      (response) => void response.end('<html>Welcome to nginx!</html>'),
      /this is no Elasticsearch; it answered 200 <html>Welcome to nginx!/,
    ),
    await front(
      t,
      node,
      'lost',
      (response) => void response.writeHead(404).end('<html>Not found</html>'),
      /what is no Elasticsearch answered 404 .*\(is this the address of Elasticsearch\?\)/,
    ),
    indexTrouble(
      node,
      'blocked',
      /403 cluster_block_exception \(it takes no writes: .*index\.blocks set\?\): .*index write/,
      () => settings('bad-blocked', { 'index.blocks.write': null }),
    ),
    indexTrouble(
      node,
      'flooded',
      /429 cluster_block_exception \(it takes no writes: is a disk .*\): .*flood-stage/,
      () => settings('bad-flooded', { 'index.blocks.read_only_allow_delete': null }),
    ),
    indexTrouble(node, 'closed', /index_closed_exception/, () =>
      node.call('POST', 'bad-closed/_open'),
    ),
    indexTrouble(
      node,
      'alike',
      /\(an index template of the same priority is in the way: .*set template: false\)/,
      () => node.call('DELETE', '_index_template/theirs-alike'),
      'index=bad-alike',
    ),
    indexTrouble(
      node,
      'above',
      /404 .*\(install an index template with data_stream .*a higher priority may be in the way\)/,
      () => node.call('DELETE', '_index_template/theirs-above'),
      'dataStream=bad-above',
    ),
    indexTrouble(
      node,
      'strict',
      /strict_dynamic_mapping_exception \(somebody else's index template is in the way: set dy/,
      () => node.call('PUT', 'bad-strict/_mapping', { dynamic: false }),
      'index=bad-strict',
    ),
  ]
}

test('whatever a cluster answers: the sink says what to do, keeps its queue, and goes on when it is well', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const troubles = await troublesOf(t, node)
  const { fake, url } = await fakeDocker(t)
  const data = join(await scratch(t), 'data')
  const listen = `127.0.0.1:${await freePort()}`
  const uris = troubles.map(({ uri }) => `${uri}&every=0s&timeout=5s`)
  const agent = startCli(t, ['run', ...uris, '--docker', url, '--data', data, '--listen', listen])
  await agent.says(/connected to Docker/)
  for (const life of ['one', 'two', 'three']) publishLife(fake, life)

  for (const { uri, says } of troubles) {
    const name = new URL(uri).searchParams.get('name')!
    let shown = ''
    const row = await eventually(`${name} says ${says}`, async () => {
      const found = (await listedSinks(data, listen)).get(name)
      shown = found?.lastError ?? ''
      return found !== undefined && found.pending >= 12 && says.test(shown) ? found : undefined
    }).catch((error: Error) => {
      throw new Error(`${error.message}\nit says: ${shown}`)
    })
    assert.deepEqual([row.state === 'idle', row.deadLetters], [false, 0], name)
  }

  for (const { heal } of troubles) await heal()
  const drained = await cli(['sinks', 'drain', '--data', data, '--timeout', '1m'])
  assert.equal(drained.code, 0, drained.stderr)
  agent.signal('SIGTERM')
  assert.equal(await agent.ended, 0)
  const { stdout } = await cli(['events', '--data', data, '-o', 'ndjson'])
  const ids = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: string }).id)
  for (const { target } of troubles)
    assert.deepEqual((await node.ids(target)).toSorted(), ids.toSorted(), target)
})
