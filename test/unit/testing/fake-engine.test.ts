import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CoreOptions } from '../../../src/testing/core.ts'
import { createFakeEngine, type FakeEngine } from '../../../src/testing/fake-engine.ts'

async function engine(t: TestContext, options?: CoreOptions): Promise<FakeEngine> {
  const fake = await createFakeEngine(options)
  t.after(() => fake[Symbol.asyncDispose]())
  return fake
}

async function request(fake: FakeEngine, path: string): Promise<Socket> {
  const socket = connect(fake.socketPath)
  await once(socket, 'connect')
  socket.setEncoding('utf8').write(`GET ${path} HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n`)
  return socket
}

async function answer(fake: FakeEngine, path: string): Promise<string> {
  let all = ''
  for await (const text of await request(fake, path)) all += text as string
  return all
}

test('a reader that does not read loses what neither the socket nor the slots hold', async (t) => {
  const lost = new Set<string>()
  const fake = await engine(t, {
    slots: 100,
    waitMs: 10,
    onLost: ({ event }) => lost.add(event.id),
  })
  const socket = await request(fake, '/events')
  socket.pause()
  while (fake.core.subscribers === 0) await sleep(1)
  const sent = 3_000
  for (let n = 0; n < sent; n++) {
    fake.core.publish({ action: 'start', id: `n${n}.` })
    if (n % 100 === 99) await new Promise(setImmediate)
  }
  while (lost.size < sent / 2) await sleep(1)
  let text = ''
  socket.on('data', (more: string) => (text += more)).resume()
  const got = (): Set<string> => new Set(text.match(/(?<="ID":")n\d+\./g))
  while (got().size + lost.size < sent) await sleep(1)
  assert.equal(got().size, sent - lost.size)
  assert.ok([...lost].every((id) => !got().has(id)))
  const held = sent - lost.size
  assert.ok(held > 100, `${held} were held`)
  socket.destroy()
})

test('versions: too new and too old ones are refused, in between the dialect is theirs', async (t) => {
  const fake = await engine(t, { apiVersion: '1.52' })
  fake.core.publish({ action: 'start', id: 'a' })
  assert.match(
    await answer(fake, '/v1.99/info'),
    / 400 [^]*too new. Maximum supported API version is 1.52/,
  )
  assert.match(
    await answer(fake, '/v1.41/info'),
    / 400 [^]*too old. Minimum supported API version is 1.44/,
  )
  assert.match(await answer(fake, '/v1.44/events?until=9'), / 200 /)
  const { time } = fake.core.publish({ action: 'die', id: 'a' })
  const until = `until=${time / 1_000_000_000n}.${String(time % 1_000_000_000n).padStart(9, '0')}`
  assert.match(await answer(fake, `/v1.44/events?since=1&${until}`), /"status":"die"/)
  assert.doesNotMatch(await answer(fake, `/events?since=1&${until}`), /"status"/)
})

test('metrics: the count of events since its start; none while it is stopped', async (t) => {
  const fake = await engine(t)
  const read = async (): Promise<string> => (await fetch(fake.metricsUrl)).text()
  fake.core.publish({ action: 'start', id: 'a' })
  assert.match(await read(), /^engine_daemon_events_total 1$/m)
  assert.match(await read(), /^engine_daemon_events_subscribers_total 0$/m)
  const started = (text: string): string => /^process_start_time_seconds .*$/m.exec(text)![0]
  const before = started(await read())
  await fake.stop()
  await assert.rejects(read())
  await sleep(2)
  await fake.start()
  assert.match(await read(), /^engine_daemon_events_total 0$/m)
  assert.notEqual(started(await read()), before)
})

test('Podman: another id to each question, and no header before the first event', async (t) => {
  const fake = await engine(t, { kind: 'podman', apiVersion: '1.41' })
  const id = async (): Promise<string> => /"ID":"([^"]+)"/.exec(await answer(fake, '/info'))![1]!
  assert.notEqual(await id(), await id())
  const socket = await request(fake, '/events')
  let text = ''
  socket.on('data', (more: string) => (text += more))
  while (fake.core.subscribers === 0) await sleep(1)
  await answer(fake, '/_ping')
  assert.equal(text, '')
  fake.core.publish({ action: 'start', id: 'a' })
  while (!text.includes('timeNano')) await sleep(1)
  assert.match(text, /^HTTP\/1.1 200 /)
  socket.destroy()
})

test('containers are found by id, by name and by the beginning of an id', async (t) => {
  const fake = await engine(t)
  fake.addContainer({ id: 'abc1', name: 'one' })
  fake.addContainer({ id: 'abd2', name: 'two', status: 'exited' })
  for (const found of ['abc1', 'one', 'abc'])
    assert.match(await answer(fake, `/containers/${found}/json`), /"Id":"abc1"/)
  for (const missing of ['ab', 'three'])
    assert.match(await answer(fake, `/containers/${missing}/json`), /404[^]*No such container/)
  const ids = async (path: string) => (await answer(fake, path)).match(/(?<="Id":")\w+/g)
  assert.deepEqual(await ids('/containers/json?all=1'), ['abc1', 'abd2'])
  assert.deepEqual(await ids('/containers/json'), ['abc1'])
})
