import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRedactor } from '../../../src/model/redaction.ts'
import type { Flowing } from '../../../src/streams/flow.ts'
import { redact } from '../../../src/streams/redact.ts'
import { skippedOf } from '../../../src/streams/skipped.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { drawn } from '../../support/marbles.ts'
import { record } from '../../support/records.ts'

test('a secret is taken out, everything else passes as it is', async () => {
  const secret = record('exec_create: tool --password=hunter2')
  const values: { readonly [mark: string]: Flowing } = {
    a: record('start'),
    b: secret,
    S: skippedOf(record('stop'), 'filter')!,
    c: record('die'),
  }
  const before = new Map(Object.entries(values).map(([mark, value]) => [value, mark]))
  const picture = await drawn(redact(createRedactor()), {
    clock: createManualClock(),
    source: 'a-b-S-c-|',
    values: (mark) => values[mark]!,
    label(value) {
      const mark = before.get(value)
      if (mark !== undefined) return mark
      assert.ok(value.kind === 'record')
      assert.equal(value.event.action, 'exec_create: tool --password=[redacted]')
      assert.equal(value.id, secret.id)
      return 'r'
    },
  })
  assert.equal(picture, 'a-r-S-c-|')
})
