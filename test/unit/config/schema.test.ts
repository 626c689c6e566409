import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { z } from 'zod'
import { parseAddress } from '../../../src/config/address.ts'
import { leavesOf } from '../../../src/config/describe.ts'
import {
  bytes,
  durationMs,
  flag,
  integer,
  port,
  secret,
  text,
  textList,
} from '../../../src/config/option-types.ts'
import { jsonSchema, settingsSchema } from '../../../src/config/schema.ts'
import { testKinds } from '../../support/declarations.ts'

suite('option types', () => {
  const cases: readonly (readonly [string, z.ZodType, readonly unknown[], readonly unknown[]])[] = [
    [
      'durationMs',
      durationMs({ min: '1s', max: '1m' }),
      ['1s', '60s'],
      ['999ms', '61s', 5, '5', null],
    ],
    ['bytes', bytes({ max: '1KiB' }), ['1KiB', 1024, '7'], ['2KiB', -1, 1.5, 'x', true]],
    ['flag', flag(), [true, 'yes', 'off', '1', 0, 'TRUE'], ['maybe', 2, 'tRuE', '']],
    ['integer', integer({ min: -1, max: 9 }), [9, '-1', '+3'], [10, '10', 1.5, '1e0', '', 'x']],
    ['port', port(), [1, '65535'], [0, 65_536, '99999999999999999999']],
    ['text', text(), ['x', 5, true], [null, [], {}]],
    ['textList', textList(), ['a b', ['a b', 'c']], [[1], 5, {}]],
    ['secret', secret(), ['x'], [{ file: '/x' }, { fil: '/x' }, 5]],
  ]
  for (const [name, type, right, wrong] of cases) {
    test(name, () => {
      for (const value of right) assert.ok(type.safeParse(value).success, JSON.stringify(value))
      for (const value of wrong) {
        const result = type.safeParse(value)
        assert.equal(result.success, false, JSON.stringify(value))
        for (const { message } of result.error?.issues ?? [])
          assert.match(message, /^expected|the file of this secret/)
      }
    })
  }

  test('an error shows what was there, without passwords and not at length', () => {
    const message = (value: unknown): string => flag().safeParse(value).error!.issues[0]!.message
    assert.match(message('http://u:hunter2@h'), /got "http:\/\/u:\*\*\*@h"$/)
    assert.ok(message('x'.repeat(1000)).length < 200)
    assert.match(message(undefined), /^is missing: expected true or false/)
  })
})

suite('the schema', () => {
  const leaves = [
    ...leavesOf(settingsSchema(testKinds)),
    ...testKinds.flatMap(({ options }) => leavesOf(options)),
  ]

  test('describes every setting', () => {
    for (const { path, description } of leaves) assert.notEqual(description, '', path.join('.'))
  })

  test('defaults are valid and written as people write them', () => {
    const { data } = settingsSchema(testKinds).safeParse({})
    assert.ok(data)
    const silence = leaves.find(({ path }) => path.join('.') === 'docker.silenceTimeout')
    assert.equal(silence?.default, '5m')
  })

  test('JSON Schema for editors has the sinks, the short forms and no unknown keys', () => {
    const schema = JSON.parse(JSON.stringify(jsonSchema(testKinds))) as {
      additionalProperties: boolean
      properties: {
        docker: { anyOf: { type: string }[] }
        sinks: { additionalProperties: { anyOf: { type?: string; oneOf?: unknown[] }[] } }
      }
    }
    assert.equal(schema.additionalProperties, false)
    assert.deepEqual(
      schema.properties.docker.anyOf.map(({ type }) => type),
      ['string', 'array', 'object'],
    )
    const [uri, mapping] = schema.properties.sinks.additionalProperties.anyOf
    assert.equal(uri?.type, 'string')
    assert.equal(mapping?.oneOf?.length, testKinds.length)
  })
})

test('addresses', () => {
  assert.deepEqual(parseAddress('127.0.0.1:7410'), { host: '127.0.0.1', port: 7410 })
  assert.deepEqual(parseAddress('localhost:0'), { host: 'localhost', port: 0 })
  for (const text of ['', 'x', 'a:b', '1.2.3.4:', '1.2.3.4:65536', '[::1]', '::1:80', 'a b:80'])
    assert.equal(parseAddress(text), undefined, text)
})
