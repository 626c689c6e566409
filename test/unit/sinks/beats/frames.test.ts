import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { windowOf } from '../../../../src/sinks/beats/frames.ts'
import { readWindows } from '../../../support/lumberjack-frames.ts'
import { runs } from '../../../support/property.ts'

const documents = fc.array(fc.json({ stringUnit: 'binary' }), { minLength: 1, maxLength: 40 })
const level = fc.integer({ min: 0, max: 9 })

test('a server reads the documents that were sent, numbered from 1 in each window', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(documents, { minLength: 1, maxLength: 3 }),
      level,
      async (all, how) => {
        const sent = await Promise.all(all.map((texts) => windowOf(texts.map(bytesOf), how)))
        const { windows, rest } = readWindows(Buffer.concat(sent))
        assert.equal(rest.length, 0)
        assert.deepEqual(
          windows,
          all.map((texts) => ({
            size: texts.length,
            compressed: how > 0,
            events: texts.map((text, at) => ({ seq: at + 1, text: bytesOf(text).toString() })),
          })),
        )
      },
    ),
    runs(200),
  )
})

test('a window of 0 is never sent: nothing would answer it', async () => {
  await assert.rejects(windowOf([], 3), /window of 0/)
})

const bytesOf = (text: string): Buffer => Buffer.from(text)
