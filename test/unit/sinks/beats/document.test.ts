import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseExactly } from '../../../../src/model/exact-json.ts'
import { version } from '../../../../src/model/version.ts'
import { documentOf } from '../../../../src/sinks/beats/document.ts'
import { ecs } from '../../../../src/sinks/formats/ecs.ts'
import { gapFor, plainRecord } from '../../../support/entries.ts'

const record = { ...plainRecord(1), seq: 1 }
const metadata = { beat: 'auditor', type: '_doc', version, ['_id']: record.id }

test('ecs: @metadata as Beats send it, and the document as it is', () => {
  const text = documentOf(record, 'ecs').toString()
  assert.deepEqual(JSON.parse(text), {
    '@metadata': metadata,
    ...(JSON.parse(ecs(record)) as object),
  })
  assert.ok(text.endsWith(ecs(record).slice(1)), 'the text of the format is untouched')
})

test('raw: the event beside @metadata and @timestamp, its numbers with all their digits', () => {
  const text = documentOf(record, 'raw').toString()
  assert.ok(text.endsWith(record.event.line.slice(1)))
  const document = parseExactly(text) as { readonly [field: string]: unknown }
  assert.deepEqual(document['@metadata'], metadata)
  assert.equal(document['@timestamp'], '2026-11-22T00:00:01.000000000Z')
  assert.match(text, /"timeNano":1795305601000000000\b/)
})

test('raw: a line that begins with blanks, and a gap', () => {
  const line = `\n  ${record.event.line}`
  const blank = documentOf({ ...record, event: { ...record.event, line } }, 'raw').toString()
  assert.equal(blank, documentOf(record, 'raw').toString())
  const gap = JSON.parse(documentOf({ ...gapFor(undefined, 3), seq: 2 }, 'raw').toString()) as {
    readonly [field: string]: unknown
  }
  assert.equal(gap['kind'], 'gap')
  assert.equal(gap['@timestamp'], '2026-11-22T00:00:00.000000003Z')
})
