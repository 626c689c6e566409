import assert from 'node:assert/strict'
import { test } from 'node:test'
import { indexTemplate, mappingsTemplate } from '../../../../src/sinks/elasticsearch/template.ts'
import { targetOf } from '../../../../src/sinks/elasticsearch/target.ts'
import { ecsFields } from '../../../../src/sinks/formats/ecs-fields.ts'

const target = targetOf({})

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

test('a retention is one unit of time, and goes with the template like a policy', () => {
  const day = 86_400_000
  const lifecycle = (retention: number) => {
    const made = indexTemplate(target, { retention })
    return 'template' in made ? made.template : undefined
  }
  assert.deepEqual(lifecycle(30 * day), { lifecycle: { data_retention: '30d' } })
  assert.deepEqual(lifecycle(1.5 * day), { lifecycle: { data_retention: '36h' } })
  assert.deepEqual(lifecycle(5_400_001), { lifecycle: { data_retention: '5400001ms' } })
  const { _meta: withPolicy } = indexTemplate(target, { ilmPolicy: 'short' })
  const { _meta: bare } = indexTemplate(target)
  assert.equal(withPolicy.content, bare.content)
})

test('the format classic: the old template in the words of today, for one day', () => {
  const classic = targetOf({ format: 'classic' })
  const made = indexTemplate(classic, { format: 'classic' })
  assert.deepEqual(made.index_patterns, ['containers*'])
  assert.deepEqual(made.composed_of, ['auditor-containers@custom'])
  assert.deepEqual('template' in made && made.template, {
    settings: { 'index.refresh_interval': '5s' },
    mappings: {
      dynamic_templates: [
        {
          strings: {
            match_mapping_type: 'string',
            mapping: { type: 'text', fields: { raw: { type: 'keyword', ignore_above: 256 } } },
          },
        },
      ],
      properties: {
        '@timestamp': { type: 'date' },
        geoip: { properties: { location: { type: 'geo_point' } } },
      },
    },
    lifecycle: { data_retention: '1d' },
  })
  const withPolicy = indexTemplate(classic, { format: 'classic', ilmPolicy: 'short' })
  assert.deepEqual('template' in withPolicy && withPolicy.template.settings, {
    'index.refresh_interval': '5s',
    'index.lifecycle.name': 'short',
  })
})
