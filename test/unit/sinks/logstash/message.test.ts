import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formats } from '../../../../src/sinks/formats/formats.ts'
import { logstashOptions } from '../../../../src/sinks/logstash/options.ts'
import { createLogstashSink } from '../../../../src/sinks/logstash/sink.ts'
import { serveTcp } from '../../../support/servers.ts'
import { serviceMarker } from '../../../support/service-markers.ts'

const entries = [1, 2, 3].map((seq) => serviceMarker(seq))
const line = (at: number): string => `${formats.classic(entries[at]!)}\n`

/** A receiver that reads one message a connection, and takes so many; then it resets connections. */
async function receiver(most: number) {
  const got: string[] = []
  const server = await serveTcp((socket) => {
    if (got.length >= most) {
      socket.resetAndDestroy()
      return
    }
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    socket.on('end', () => got.push(text))
  })
  return Object.assign(server, { got })
}

const sinkTo = (port: number) =>
  createLogstashSink(
    logstashOptions.parse({ port, format: 'classic', connection: 'message' }),
    'old',
  )

test('connection=message: each entry has a connection of its own, in order', async () => {
  await using server = await receiver(3)
  const sink = sinkTo(server.port)
  const delivery = await sink.deliver({ entries }, AbortSignal.timeout(10_000))
  assert.deepEqual(delivery, { status: 'delivered' })
  assert.deepEqual(server.got, [line(0), line(1), line(2)])
  await sink.close?.()
})

test('connection=message: what was answered is not sent again', async () => {
  await using server = await receiver(1)
  const sink = sinkTo(server.port)
  const delivery = await sink.deliver({ entries }, AbortSignal.timeout(10_000))
  assert.ok(delivery.status === 'partial')
  assert.deepEqual([delivery.retry, delivery.refused], [[2, 3], []])
  assert.match(delivery.cause?.message ?? '', /^receiver 127\.0\.0\.1:/)
  await sink.close?.()
})

test('connection=message with confirm=quiet is refused', () => {
  const { error } = logstashOptions.safeParse({ connection: 'message', confirm: 'quiet' })
  assert.match(error?.message ?? '', /confirm must be close/)
})
