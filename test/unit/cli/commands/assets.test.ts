import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cli } from '../../../support/cli.ts'

test('assets prints requests for the console of Kibana, or JSON', async () => {
  const { code, stdout } = await cli(['assets', 'elastic:?retention=30d'])
  assert.equal(code, 0)
  const [mappings, index] = stdout.split('\n\n')
  assert.match(mappings!, /^PUT \/_component_template\/auditor@mappings\n\{\n {2}"template"/)
  const [request, ...body] = index!.split('\n')
  assert.equal(request, 'PUT /_index_template/auditor-logs-docker.audit-default')
  const template = JSON.parse(body.join('\n')) as { template: object; index_patterns: string[] }
  assert.deepEqual(template.template, { lifecycle: { data_retention: '30d' } })
  assert.deepEqual(template.index_patterns, ['logs-docker.audit-default'])

  const json = await cli(['assets', 'elastic:', '-o', 'json'])
  const assets = JSON.parse(json.stdout) as { method: string; path: string }[]
  assert.deepEqual(
    assets.map(({ method, path }) => `${method} ${path}`),
    [mappings!.split('\n')[0], request],
  )
})

test('assets of a sink that needs none, or of none at all, are wrong usage', async () => {
  const file = await cli(['assets', 'file:///tmp/x.ndjson'])
  assert.deepEqual([file.code, file.stdout], [2, ''])
  assert.match(
    file.stderr,
    /file-tmp-x\.ndjson \(file\) needs nothing on its server: only elasticsearch does/,
  )
  const unknown = await cli(['assets', 'serch'])
  assert.equal(unknown.code, 2)
  assert.match(unknown.stderr, /no sink "serch" is configured here/)
})

test("assets that can't be installed name the server", async () => {
  const { code, stderr } = await cli(['assets', 'elasticsearch://127.0.0.1:1', '--install'])
  assert.equal(code, 5)
  assert.match(stderr, /Elasticsearch \(http:\/\/127\.0\.0\.1:1\): /)
})
