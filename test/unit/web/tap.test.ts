import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApp } from '../../../src/web/app.ts'
import { listen } from '../../../src/web/server.ts'
import type { TapSource } from '../../../src/web/tap.ts'
import { eventually } from '../../support/eventually.ts'
import { record } from '../../support/records.ts'

const appWith = (tap?: TapSource) =>
  createApp({
    agent: { version: '1', pid: 7, data: '/data', journal: '1:2' },
    health: () => Promise.reject(new Error('not asked')),
    metrics: () => Promise.resolve(''),
    metricsContentType: 'text/plain',
    tap,
  })

/** Gives one record, then waits until its reader goes. */
function waiting() {
  const open = { count: 0 }
  const tap: TapSource = async function* ({ signal }) {
    open.count += 1
    yield record('die')
    if (!signal.aborted) {
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true })
      })
    }
    open.count -= 1
  }
  return { open, tap }
}

const here = { address: '127.0.0.1', host: '127.0.0.1:7410' }
const ask = async (
  query: string,
  asker: Parameters<ReturnType<typeof createApp>>[2],
  tap?: TapSource,
) => {
  const { status, body } = await appWith(tap)('GET', `/tap?${query}`, asker)
  return [status, typeof body === 'string' ? body : 'a stream']
}

test('a tap is for the machine itself, asked by an address or as localhost', async () => {
  const { tap } = waiting()
  for (const address of ['127.0.0.1', '127.8.0.1', '::1', '::ffff:127.0.0.1']) {
    assert.deepEqual(await ask('stage=source', { ...here, address }, tap), [200, 'a stream'])
  }
  for (const host of ['localhost', 'localhost:7410', '[::1]:7410']) {
    assert.deepEqual(await ask('stage=source', { ...here, host }, tap), [200, 'a stream'])
  }
  const strangers = ['10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', ''].map((address) => ({
    ...here,
    address,
  }))
  const names = ['evil.example', 'evil.example:7410', '127.0.0.1.evil.example', ''].map((host) => ({
    ...here,
    host,
  }))
  for (const asker of [undefined, ...strangers, ...names]) {
    const [status, body] = await ask('stage=source', asker, tap)
    assert.equal(status, 403)
    assert.match(String(body), /for this machine alone/)
  }
})

test('mistakes are told with what was meant', async () => {
  const { tap } = waiting()
  assert.deepEqual(await ask('stage=enrch', here, tap), [
    400,
    'there is no stage "enrch", did you mean "enrich"?; there are source, filter, enrich, health-checks, annotate, redact, group\n',
  ])
  const [status, body] = await ask(
    `stage=source&filter=${encodeURIComponent('action=')}`,
    here,
    tap,
  )
  assert.equal(status, 400)
  assert.match(String(body), /\n\s+\^ a value is missing/)
  assert.deepEqual(await ask('stage=source', here), [503, 'nothing runs yet\n'])
})

test('served as it comes; four at once, and who goes makes room', async () => {
  const { tap, open } = waiting()
  await using server = await listen(appWith(tap), { host: '127.0.0.1', port: 0 })
  const url = `${server.url}/tap?stage=source`
  const leaving = new AbortController()
  const taps = await Promise.all(
    Array.from({ length: 4 }, () => fetch(url, { signal: leaving.signal })),
  )
  for (const { body } of taps) {
    const { value } = await body!.getReader().read()
    assert.match(Buffer.from(value ?? []).toString(), /^\{.*"kind":"record".*\}\n$/)
  }
  const fifth = await fetch(url)
  assert.deepEqual(
    [fifth.status, await fifth.text()],
    [503, '4 taps are open already: end one of them\n'],
  )
  leaving.abort()
  await eventually('all are closed', () => Promise.resolve(open.count === 0 ? true : undefined))
  const head = await fetch(url, { method: 'HEAD' })
  assert.equal(head.status, 200)
})
