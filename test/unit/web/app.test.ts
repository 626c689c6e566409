import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { once } from 'node:events'
import { test } from 'node:test'
import type { Health, HealthState } from '../../../src/agent/health.ts'
import { createApp } from '../../../src/web/app.ts'
import { listen } from '../../../src/web/server.ts'

const agent = { version: '1', pid: 7, data: '/data', journal: '1:2' }

const app = (state: HealthState) =>
  createApp({
    agent,
    health: () =>
      Promise.resolve({
        state,
        reasons: ['because'],
        journal: { oldest: 1n },
      } as unknown as Health),
    metrics: () => Promise.resolve('auditor_docker_up 1\n'),
    metricsContentType: 'text/plain; version=0.0.4',
  })

test('readyz is 503 only while events are not recorded, and says why', async () => {
  for (const [state, status] of [
    ['ok', 200],
    ['degraded', 200],
    ['failing', 503],
  ] as const) {
    const answer = await app(state)('GET', '/readyz?verbose')
    assert.equal(answer.status, status)
    assert.deepEqual(JSON.parse(answer.body as string), {
      agent,
      state,
      reasons: ['because'],
      journal: { oldest: '1' },
    })
  }
})

test('livez and metrics answer; anything else is not there, and nothing can be changed', async () => {
  assert.equal((await app('failing')('GET', '/livez')).status, 200)
  assert.equal((await app('ok')('GET', '/metrics')).body, 'auditor_docker_up 1\n')
  for (const path of ['/nothing', '/toString', '//', '*', '?/livez', 'http://x/livez']) {
    assert.equal((await app('ok')('GET', path)).status, 404)
  }
  assert.equal((await app('ok')('POST', '/livez')).status, 405)
})

test('served: what it is, not kept, not run, and no body for HEAD', async () => {
  await using server = await listen(app('failing'), { host: '127.0.0.1', port: 0 })
  for (const method of ['GET', 'HEAD']) {
    const answer = await fetch(`${server.url}/livez`, { method })
    assert.equal(await answer.text(), method === 'GET' ? 'ok\n' : '')
    assert.equal(answer.headers.get('content-length'), '3')
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
    assert.equal(answer.headers.get('content-security-policy'), "default-src 'none'")
    assert.match(answer.headers.get('content-type')!, /^text\/plain/)
  }
  const refused = await fetch(`${server.url}/livez`, { method: 'PUT', body: 'x'.repeat(100_000) })
  assert.equal(refused.status, 405)
})

test('a page that fails says why, and the next is answered', async () => {
  const broken = () => Promise.reject(new Error('nothing runs yet'))
  const failing = createApp({
    agent,
    health: broken,
    metrics: broken,
    metricsContentType: 'text/plain',
  })
  await using server = await listen(failing, { host: '127.0.0.1', port: 0 })
  const answer = await fetch(`${server.url}/readyz`)
  assert.deepEqual([answer.status, await answer.text()], [500, 'nothing runs yet\n'])
  assert.equal((await fetch(`${server.url}/livez`)).status, 200)
})

test('a taken port is told with the cure', async () => {
  await using first = await listen(app('ok'), { host: '127.0.0.1', port: 0 })
  const port = Number(new URL(first.url).port)
  await assert.rejects(listen(app('ok'), { host: '127.0.0.1', port }), /port is taken.*--listen/)
})

test('headers without end are refused', async () => {
  await using server = await listen(app('ok'), { host: '127.0.0.1', port: 0 })
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.write(`GET / HTTP/1.1\r\nX: ${'x'.repeat(64 * 1024)}`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  assert.match(answer.toString(), /^HTTP\/1.1 431/)
  socket.destroy()
})
