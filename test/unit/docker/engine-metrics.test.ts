import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countOf, createEngineCounter } from '../../../src/docker/engine-metrics.ts'
import { serveHttp } from '../../support/servers.ts'
import { createFakeEngine } from '../../../src/testing/fake-engine.ts'

const text = [
  '# TYPE engine_daemon_events_total counter',
  'engine_daemon_engine_info{architecture="x86_64",daemon_id="AB:CD",version="20.10.24"} 1',
  'engine_daemon_events_total 1.234567e+06',
  'process_start_time_seconds 1.79538730917e+09',
]

test('the count, the start and the id are read as Docker writes them', () => {
  const expected = { total: 1_234_567, life: '1.79538730917e+09', engineId: 'AB:CD' }
  assert.deepEqual(countOf(text.join('\n')), expected)
  assert.equal(countOf(text.slice(0, 3).join('\n')), undefined)
  assert.equal(countOf('<html>'), undefined)
})

test('an address that is none, an answer without a count, an error and a redirect are named', async () => {
  assert.throws(() => createEngineCounter('127.0.0.1:9323'), { code: 'config-invalid' })
  await using engine = await createFakeEngine()
  const read = createEngineCounter(engine.metricsUrl)
  const { signal } = new AbortController()
  assert.deepEqual((await read(signal)).total, 0)
  engine.fail('metrics', { kind: 'body', body: '{}' })
  await assert.rejects(
    read(signal),
    /127\.0\.0\.1:\d+\/metrics: the answer has no count of events$/,
  )
  engine.fail('metrics', { kind: 'status', status: 503 })
  await assert.rejects(read(signal), /\/metrics answered 503$/)
  engine.fail('metrics', { kind: 'endless' })
  await assert.rejects(read(signal), /more than 4194304 bytes/)
  engine.fail('metrics', { kind: 'redirect', to: 'http://127.0.0.1:1/' })
  await assert.rejects(read(signal), /\/metrics: unexpected redirect$/)
  const gone = await serveHttp(() => undefined)
  await gone[Symbol.asyncDispose]()
  await assert.rejects(
    createEngineCounter(gone.url)(signal),
    /^Error: GET .*: connect ECONNREFUSED/,
  )
})
