import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createTraceInspector } from '../../../src/docker/trace-inspector.ts'
import { openTrace } from '../../../src/docker/trace.ts'

const recorded = join(import.meta.dirname, '../../fixtures/traces/lifecycle')
const never = new AbortController().signal

async function folder(t: TestContext, files: { readonly [name: string]: string }): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'trace-'))
  t.after(() => rm(dir, { recursive: true }))
  for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text)
  return dir
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return Buffer.concat(parts).toString()
}

test('a trace gives its bytes, all of them, line by line', async (t) => {
  const text = `${'x'.repeat(600_000)}\n{"a":1}\n\nlast without newline`
  const trace = await openTrace(await folder(t, { 'events.ndjson': text }))
  assert.equal(trace.bytes, text.length)
  assert.equal(await textOf(trace.lines(never)), text)
  assert.equal(trace.engine.id, 'trace')
})

test('the engine beside the events is whose events they are', async (t) => {
  const engine = { id: 'E1', name: 'host', version: '28.5.2', apiVersion: '1.51' }
  const dir = await folder(t, { 'events.ndjson': '', 'engine.json': JSON.stringify(engine) })
  assert.deepEqual((await openTrace(dir)).engine, engine)
  const broken = await folder(t, { 'events.ndjson': '', 'engine.json': '{' })
  await assert.rejects(openTrace(broken), { code: 'trace-invalid' })
})

test('where there is no trace, the error names the place', async () => {
  await assert.rejects(openTrace('/nowhere/at/all'), /no trace at \/nowhere\/at\/all: expected/)
})

test('a question hears the first answer recorded at or after its event', async () => {
  const inspector = createTraceInspector(join(recorded, 'inspect.ndjson'))
  const id = 'a05376eb555d195279fc1691b5782ea15a12106bf55a2efdf6a1c926818a1d25'
  const statuses: (string | undefined)[] = []
  // create, start, die of one life, from the recorded events of that container.
  for (const time of [1795358982900000000n, 1795358983200000000n, 1795358983589000000n]) {
    inspector.at(time)
    statuses.push((await inspector.inspect(id, never))?.state.status)
  }
  assert.deepEqual(statuses, ['created', 'running', 'restarting'])
  inspector.at(1795358983589000000n)
  assert.equal(await inspector.inspect('no-such-container', never), undefined)
  inspector.close()
})

test('without recorded answers nobody knows anything', async () => {
  assert.equal(await createTraceInspector(undefined).inspect('any', never), undefined)
})
