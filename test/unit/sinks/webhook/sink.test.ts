import assert from 'node:assert/strict'
import type { RequestListener } from 'node:http'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { parseSinkUri } from '../../../../src/config/uri.ts'
import { maskUri } from '../../../../src/config/mask.ts'
import type { Delivery } from '../../../../src/model/delivery.ts'
import { createWebhookSink, webhookKind } from '../../../../src/sinks/webhook/sink.ts'
import { createManualClock } from '../../../support/manual-clock.ts'
import { serveHttp, serveTcp } from '../../../support/servers.ts'
import { alert } from './templates.test.ts'

const SECRET = '/services/T000/B000/verysecret'
const startMs = 1_795_454_085_000

async function deliverTo(url: string, signal = new AbortController().signal, giveUp = '1d') {
  const options = webhookKind.options.parse({ url: url + SECRET, giveUp })
  const sink = createWebhookSink(options, 'hook', createManualClock({ startMs }))
  try {
    return await sink.deliver({ entries: [alert()] }, signal)
  } finally {
    await sink.close?.()
  }
}

async function answered(listener: RequestListener): Promise<Delivery> {
  await using server = await serveHttp(listener)
  return await deliverTo(server.url)
}

const reason = (delivery: Delivery): string =>
  'cause' in delivery ? (delivery.cause?.message ?? '') : ''

describe('a webhook that', () => {
  test('answers 2xx has it, whatever it says beside', async () => {
    const bodies: string[] = []
    const delivery = await answered((request, response) => {
      const answer = (said: string): void => {
        bodies.push(`${request.method} ${request.url} ${said}`)
        response.end('<html>what?')
      }
      text(request).then(answer, () => response.destroy())
    })
    assert.deepEqual(delivery, { status: 'delivered' })
    assert.match(bodies[0]!, /^POST \/services\/T000\/B000\/verysecret \{"source":"auditor"/)
  })

  test('redirects is not followed, and its secret not shown', async () => {
    const delivery = await answered((request, response) => {
      response.writeHead(302, { location: `http://evil.example${request.url}` }).end()
    })
    assert.equal(delivery.status, 'retry')
    assert.match(reason(delivery), /redirects are not followed/)
    assert.doesNotMatch(reason(delivery), /verysecret/)
  })

  test('fails is tried again, when it says', async () => {
    const delivery = await answered((request, response) => {
      response.writeHead(503, { 'retry-after': '7' }).end(`no ${request.url}`)
    })
    assert.equal(delivery.status, 'retry')
    assert.equal('afterMs' in delivery ? delivery.afterMs : 0, 7_000)
    assert.doesNotMatch(reason(delivery), /verysecret/)
  })

  test('answers no HTTP is tried again', async () => {
    await using server = await serveTcp((socket) => socket.end('SSH-2.0-nonsense\r\n'))
    const delivery = await deliverTo(server.url)
    assert.equal(delivery.status, 'retry')
    assert.match(reason(delivery), /no HTTP/)
  })

  test('hangs is called off', async () => {
    const calling = new AbortController()
    await using server = await serveHttp(() => calling.abort(new Error('no time is left')))
    const delivery = await deliverTo(server.url, calling.signal)
    assert.equal(delivery.status, 'retry')
  })

  test('was away for too long is not told any more', async () => {
    const delivery = await deliverTo('http://127.0.0.1:9', undefined, '1m')
    assert.equal(delivery.status, 'retry')
    const options = webhookKind.options.parse({ url: 'http://127.0.0.1:9/', giveUp: '1m' })
    const late = createWebhookSink(
      options,
      'hook',
      createManualClock({ startMs: startMs + 61_000 }),
    )
    const refused = await late.deliver({ entries: [alert()] }, new AbortController().signal)
    assert.equal(refused.status, 'partial')
    assert.deepEqual(refused.status === 'partial' && refused.refused.map(({ seq }) => seq), [1])
  })
})

test("a webhook's path is a secret: it is in no name, and hidden where the URI is shown", () => {
  const uri = `webhook+https://hooks.slack.com${SECRET}?template=slack`
  const read = parseSinkUri(uri, [webhookKind], {})
  assert.equal(read.name, 'webhook-hooks.slack.com')
  assert.equal(read.options['url'], `https://hooks.slack.com${SECRET}`)
  assert.equal(maskUri(uri), 'webhook+https://hooks.slack.com/***?template=slack')
})
