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
    const answer = await app(state).request('/readyz')
    assert.equal(answer.status, status)
    assert.deepEqual(await answer.json(), {
      agent,
      state,
      reasons: ['because'],
      journal: { oldest: '1' },
    })
  }
})

test('livez and metrics answer; anything else is not there, and nothing can be changed', async () => {
  assert.equal((await app('failing').request('/livez')).status, 200)
  assert.equal(await (await app('ok').request('/metrics')).text(), 'auditor_docker_up 1\n')
  assert.equal((await app('ok').request('/nothing')).status, 404)
  assert.equal((await app('ok').request('/livez', { method: 'POST' })).status, 405)
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
