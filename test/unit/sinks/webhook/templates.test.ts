import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { alertOf, type AlertEntry } from '../../../../src/model/alert.ts'
import type { Sequenced } from '../../../../src/model/entry.ts'
import { templates } from '../../../../src/sinks/webhook/templates.ts'

export function alert(more: Partial<AlertEntry> = {}): Sequenced<AlertEntry> {
  const content = {
    time: 1_795_454_084_800_688_619n,
    rule: 'crashed',
    state: 'firing' as const,
    group: 'shop/api 1',
    opening: 'ab',
    since: 1_795_454_084_800_688_619n,
    matches: 1,
    evidence: ['ab'],
    said: 'container api (web:1) ended: crashed, exit code 3',
  }
  return { ...alertOf({ ...content, ...more }, '', 'ab'), seq: 1 }
}

const HOSTILE = '<!channel> & *bold* `code`\r\nTags: x\u202e\u001b[31m \ud800'

describe('the templates of webhooks', () => {
  test('slack: what it would obey is escaped', () => {
    const { body } = templates.slack([alert({ group: HOSTILE, said: HOSTILE })])
    const { text } = JSON.parse(body) as { text: string }
    assert.equal(
      text,
      ':rotating_light: *crashed: &lt;!channel&gt; &amp; *\u200bbold*\u200b `\u200bcode`\u200b Tags: x [31m \ufffd*\n' +
        '&lt;!channel&gt; &amp; *\u200bbold*\u200b `\u200bcode`\u200b Tags: x [31m \ufffd',
    )
  })

  test('ntfy: no line break and no other sign than ASCII gets into a header', () => {
    const { headers, body } = templates.ntfy([alert({ group: `ünïcode ${HOSTILE}` })])
    for (const value of Object.values(headers)) assert.match(value, /^[\x20-\x7e]*$/)
    const [, encoded = ''] = /^=\?UTF-8\?B\?(.*)\?=$/.exec(headers['title']!)!
    assert.match(Buffer.from(encoded, 'base64').toString(), /^crashed: ünïcode <!channel>/)
    assert.equal(body, 'container api (web:1) ended: crashed, exit code 3')
    assert.equal(templates.ntfy([alert()]).headers['title'], 'crashed: shop/api 1')
  })

  test('ntfy: a long message ends before it becomes an attachment', () => {
    const { body } = templates.ntfy(
      Array.from({ length: 20 }, () => alert({ said: 'ü'.repeat(900) })),
    )
    assert.ok(Buffer.byteLength(body) < 4_096)
    assert.ok(!body.includes('\ufffd'))
  })

  test('several alerts are one message', () => {
    const several = [alert(), alert({ state: 'resolved', said: 'quiet again' })]
    const { body } = templates.generic(several)
    const { text, alerts } = JSON.parse(body) as { text: string; alerts: unknown[] }
    assert.equal(
      text,
      'FIRING crashed: shop/api 1: container api (web:1) ended: crashed, exit code 3\n' +
        'RESOLVED crashed: shop/api 1: quiet again',
    )
    assert.equal(alerts.length, 2)
    assert.equal(templates.ntfy(several).headers['title'], '2 alerts')
  })

  test('a test says that it is one', () => {
    const { body } = templates.slack([alert({ test: true })])
    assert.match(body, /TEST crashed/)
  })
})
