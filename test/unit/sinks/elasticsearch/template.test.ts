import assert from 'node:assert/strict'
import { test } from 'node:test'
import type {
  Answer,
  ElasticConnection,
  Request,
} from '../../../../src/sinks/elasticsearch/connection.ts'
import {
  indexTemplate,
  installTemplates,
  mappingsTemplate,
} from '../../../../src/sinks/elasticsearch/template.ts'
import { ecsFields } from '../../../../src/sinks/formats/ecs-fields.ts'
import { excerptWithout } from '../../../../src/sinks/wire/excerpt.ts'

const target = { name: 'logs-docker.audit-default', dataStream: true }
const signal = new AbortController().signal

interface Mapping {
  readonly type?: string
  readonly ignore_above?: number
  readonly properties?: { readonly [name: string]: Mapping }
}

function mappingOf(field: string): Mapping | undefined {
  const root: Mapping = mappingsTemplate().template.mappings
  return field.split('.').reduce<Mapping | undefined>((at, name) => at?.properties?.[name], root)
}

test('every field of the documents is mapped', () => {
  for (const { field } of ecsFields) assert.ok(mappingOf(field), field)
  assert.equal(mappingOf('@timestamp')!.type, 'date_nanos')
  assert.equal(mappingOf('container.labels')!.type, 'flattened')
  assert.equal(mappingOf('docker.event.actor.attributes')!.type, 'flattened')
  assert.equal(mappingOf('docker.container.networks.ipv4')!.type, 'ip')
})

test('no long text costs the document: what Lucene would refuse is not indexed', () => {
  function walk(mapping: Mapping): void {
    if (mapping.type === 'keyword' || mapping.type === 'flattened')
      assert.ok(mapping.ignore_above! * 4 < 32_766)
    for (const inner of Object.values(mapping.properties ?? {})) walk(inner)
  }
  walk(mappingsTemplate().template.mappings)
})

test('a data stream and a plain index differ in one line', () => {
  assert.deepEqual(indexTemplate(target).data_stream, {})
  assert.equal(indexTemplate({ ...target, dataStream: false }).data_stream, undefined)
  assert.deepEqual(indexTemplate(target).index_patterns, [target.name])
})

/** A cluster whose answers to questions are these; it notes what was put. */
function cluster(answer: (request: Request) => Answer): ElasticConnection & { puts: string[] } {
  const puts: string[] = []
  return {
    puts,
    excerpt: excerptWithout([]),
    async ask(request) {
      if (request.method === 'PUT') puts.push(request.path)
      return answer(request)
    },
    close: async () => undefined,
  }
}

const foundWith = (meta: object) => ({
  status: 200,
  text: JSON.stringify({
    index_templates: [{ index_template: { _meta: meta } }],
    component_templates: [{ component_template: { _meta: meta } }],
  }),
})

const absent = ({ method }: Request): Answer => ({ status: method === 'GET' ? 404 : 200, text: '' })

test('both templates are installed where there are none', async () => {
  const connection = cluster(absent)
  await installTemplates(connection, target, signal)
  assert.deepEqual(connection.puts, [
    '/_component_template/auditor@mappings',
    '/_index_template/auditor-logs-docker.audit-default',
  ])
})

test('a template of the same name that is not ours is left alone', async () => {
  for (const meta of [{}, { managed_by: 'kibana', content: 'x' }]) {
    const connection = cluster(() => foundWith(meta))
    await installTemplates(connection, target, signal)
    assert.deepEqual(connection.puts, [])
  }
  const bare = cluster(() => ({ status: 200, text: '{}' }))
  await installTemplates(bare, target, signal)
  assert.deepEqual(bare.puts, [])
})

test('our own is renewed when its content has changed, and only then', async () => {
  const { _meta: mappings } = mappingsTemplate()
  const { _meta: index } = indexTemplate(target)
  const current = cluster(({ path }) => foundWith(path.startsWith('/_index') ? index : mappings))
  await installTemplates(current, target, signal)
  assert.deepEqual(current.puts, [])
  const older = cluster(({ method }) =>
    method === 'GET'
      ? foundWith({ managed_by: 'auditor', content: 'older' })
      : { status: 200, text: '' },
  )
  await installTemplates(older, target, signal)
  assert.equal(older.puts.length, 2)
})

for (const [status, cure] of [
  [401, /password/],
  [403, /manage_index_templates/],
  [500, /500/],
] as const) {
  test(`an answer of ${status} names the cure`, async () => {
    const connection = cluster(() => ({ status, text: 'because' }))
    await assert.rejects(installTemplates(connection, target, signal), cure)
  })
}
