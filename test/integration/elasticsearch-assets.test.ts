import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cli } from '../support/cli.ts'
import { elasticsearch } from '../support/elasticsearch.ts'
import { requirePeer } from '../support/peers.ts'

interface Found {
  readonly index_templates: readonly [{ readonly index_template: { readonly template: object } }]
}

/** This server has no actions of data streams and their lifecycle, but keeps and shows the template. */
test('templates are installed by hand, with the lifetime that was asked for', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const stream = 'logs-docker.audit-assets'
  const uri = `${node.url.replace('http', 'elasticsearch+http')}/${stream}`
  const install = async (query = ''): Promise<string[]> => {
    const { code, stdout, stderr } = await cli(['assets', `${uri}${query}`, '--install'])
    assert.equal(code, 0, stderr)
    return stdout.trim().split('\n').slice(1)
  }
  const index = `/_index_template/auditor-${stream}`
  const template = async (): Promise<object> => {
    const { index_templates } = (await node.call('GET', index.slice(1))) as Found
    return index_templates[0].index_template.template
  }

  assert.deepEqual(await install(), [`installed: ${index}`])
  assert.deepEqual(await install(), [`up to date: ${index}`])
  const unsupported = `not supported: /_data_stream/${stream}/_lifecycle`
  assert.deepEqual(await install('?retention=30d'), [`renewed: ${index}`, unsupported])
  assert.deepEqual(await template(), { lifecycle: { enabled: true, data_retention: '30d' } })
  assert.deepEqual(await install(), [`up to date: ${index}`], 'what is there stays')
  assert.deepEqual(await install('?retention=36h'), [`renewed: ${index}`, unsupported])
  assert.deepEqual(await template(), { lifecycle: { enabled: true, data_retention: '36h' } })
})
