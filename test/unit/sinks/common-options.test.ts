import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { commonOptions, formatOption, settingsOf } from '../../../src/sinks/common-options.ts'
import { sinkKinds } from '../../../src/sinks/kinds.ts'

const options = z.strictObject({ ...commonOptions(), format: formatOption() })

describe('the options every sink has', () => {
  test('have defaults', () => {
    assert.deepEqual(options.parse({}), {
      batch: 500,
      every: 1000,
      timeout: 30_000,
      format: 'ecs',
    })
  })

  test('take text, as a URI has it', () => {
    const parsed = options.parse({ batch: '200', every: '2s', timeout: '1m', filter: 'type:x' })
    assert.deepEqual(settingsOf(parsed, 'search'), {
      name: 'search',
      filter: 'type:x',
      batch: 200,
      every: 2000,
      timeout: 60_000,
    })
  })

  for (const wrong of [{ batch: 0 }, { every: '2' }, { timeout: '0s' }, { name: 'a b' }]) {
    test(`refuse ${JSON.stringify(wrong)}`, () => {
      assert.equal(options.safeParse(wrong).success, false)
    })
  }
})

describe('the built-in kinds', () => {
  test('have names and schemes of their own', () => {
    const kinds = sinkKinds.map(({ kind }) => kind)
    const schemes = sinkKinds.flatMap((kind) => kind.schemes)
    assert.equal(new Set(kinds).size, kinds.length)
    assert.equal(new Set(schemes).size, schemes.length)
  })

  for (const { kind, options, examples } of sinkKinds) {
    test(`${kind}: every option is described, and there are examples`, () => {
      const { properties } = z.toJSONSchema(options, { io: 'input' })
      for (const [name, schema] of Object.entries(properties ?? {})) {
        assert.ok(typeof schema === 'object' && (schema.description ?? '').length > 5, name)
      }
      assert.ok(examples.length > 0)
    })

    test(`${kind}: has the common options`, () => {
      for (const name of Object.keys(commonOptions())) assert.ok(name in options.shape, name)
    })
  }
})
