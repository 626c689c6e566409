import assert from 'node:assert/strict'
import { test } from 'node:test'
import { installAssets } from '../../../../src/sinks/elasticsearch/assets.ts'
import type {
  Answer,
  ElasticConnection,
  Request,
} from '../../../../src/sinks/elasticsearch/connection.ts'
import { indexTemplate, mappingsTemplate } from '../../../../src/sinks/elasticsearch/template.ts'
import { targetOf } from '../../../../src/sinks/elasticsearch/target.ts'
import { excerptWithout } from '../../../../src/sinks/wire/excerpt.ts'

const target = targetOf({})
const signal = new AbortController().signal
const DAY = 86_400_000

/** A cluster whose answers to questions are these; it notes what was put. */
function cluster(answer: (request: Request) => Answer): ElasticConnection & {
  puts: string[]
  bodies: unknown[]
} {
  const puts: string[] = []
  const bodies: unknown[] = []
  return {
    puts,
    bodies,
    excerpt: excerptWithout([]),
    async ask(request) {
      if (request.method === 'PUT') {
        puts.push(request.path)
        bodies.push(request.body)
      }
      return answer(request)
    },
    close: async () => undefined,
  }
}

const foundWith = (_meta: object, template?: object) => ({
  status: 200,
  text: JSON.stringify({
    index_templates: [{ index_template: { _meta, template } }],
    component_templates: [{ component_template: { _meta, template } }],
  }),
})

const absent = ({ method }: Request): Answer => ({ status: method === 'GET' ? 404 : 200, text: '' })

test('both templates are installed where there are none', async () => {
  const connection = cluster(absent)
  await installAssets(connection, {}, signal)
  assert.deepEqual(connection.puts, [
    '/_component_template/auditor@mappings',
    '/_index_template/auditor-logs-docker.audit-default',
  ])
})

test('an index of lives has a template of its own', async () => {
  const connection = cluster(absent)
  await installAssets(connection, { lives: 'auditor-lives' }, signal)
  assert.equal(connection.puts.at(-1), '/_index_template/auditor-auditor-lives')
  assert.equal(connection.puts.length, 3)
  assert.match(
    JSON.stringify(connection.bodies.at(-1)),
    /"index_patterns":\["auditor-lives"\],"priority":301,.*"as_of":\{"type":"object","enabled":false\}/,
  )
})

test('a template of the same name that is not ours is left alone', async () => {
  for (const meta of [{}, { managed_by: 'kibana', content: 'x' }]) {
    const connection = cluster(() => foundWith(meta))
    await installAssets(connection, {}, signal)
    assert.deepEqual(connection.puts, [])
  }
  const bare = cluster(() => ({ status: 200, text: '{}' }))
  await installAssets(bare, {}, signal)
  assert.deepEqual(bare.puts, [])
})

test('our own is renewed when its content has changed, and only then', async () => {
  const { _meta: mappings } = mappingsTemplate()
  const { _meta: index } = indexTemplate(target)
  const current = cluster(({ path }) => foundWith(path.startsWith('/_index') ? index : mappings))
  await installAssets(current, {}, signal)
  assert.deepEqual(current.puts, [])
  const older = cluster(({ method }) =>
    method === 'GET'
      ? foundWith({ managed_by: 'auditor', content: 'older' })
      : { status: 200, text: '' },
  )
  await installAssets(older, {}, signal)
  assert.equal(older.puts.length, 2)
})

for (const [status, cure] of [
  [401, /password/],
  [403, /manage_index_templates/],
  [500, /500/],
] as const) {
  test(`an answer of ${status} names the cure`, async () => {
    const connection = cluster(() => ({ status, text: 'because' }))
    await assert.rejects(installAssets(connection, {}, signal), cure)
  })
}

test('a lifetime that is there stays where none is wanted, and gives way to one that is', async () => {
  const template = { lifecycle: { data_retention: '7d' } }
  const { _meta: mappings } = mappingsTemplate()
  const { _meta: index } = indexTemplate(target, { retention: 7 * DAY })
  const present = (content: object) =>
    cluster(({ method, path }) => {
      if (method === 'PUT') return { status: 200, text: '' }
      if (path.endsWith('_lifecycle')) return { status: 404, text: '' }
      return path.startsWith('/_index')
        ? foundWith({ ...index, ...content }, template)
        : foundWith(mappings)
    })
  const current = present({})
  await installAssets(current, {}, signal)
  assert.deepEqual(current.puts, [])
  const older = present({ content: 'older' })
  await installAssets(older, {}, signal)
  assert.deepEqual(older.bodies, [{ ...indexTemplate(target), template, _meta: index }])
  const other = present({})
  await installAssets(other, { retention: 30 * DAY }, signal)
  assert.deepEqual(other.bodies, [indexTemplate(target, { retention: 30 * DAY })])
})

test('a data stream that exists is given the wanted retention', async () => {
  const { _meta: mappings } = mappingsTemplate()
  const { _meta: index } = indexTemplate(target, { retention: 7 * DAY })
  const withStream = (data_retention: string | undefined) =>
    cluster(({ method, path }) => {
      if (method === 'PUT') return { status: 200, text: '' }
      if (!path.endsWith('_lifecycle'))
        return foundWith(path.startsWith('/_index') ? index : mappings)
      return {
        status: 200,
        text: JSON.stringify({ data_streams: [{ lifecycle: { data_retention } }] }),
      }
    })
  const same = withStream('7d')
  await installAssets(same, { retention: 7 * DAY }, signal)
  assert.deepEqual(same.puts, [])
  const other = withStream(undefined)
  await installAssets(other, { retention: 7 * DAY }, signal)
  assert.deepEqual(other.bodies, [{ data_retention: '7d' }])
})
