import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileFields } from '../../../../src/sinks/formats/compile-fields.ts'
import { ecsFields } from '../../../../src/sinks/formats/ecs-fields.ts'
import { classes } from '../../../../src/sinks/formats/event-classes.ts'

/** From ECS 9.5's generated schema (generated/csv/fields.csv): the fields used here. */
const ecsNames = new Set([
  '@timestamp', 'ecs.version', 'message',
  'event.id', 'event.sequence', 'event.hash', 'event.kind', 'event.category', 'event.type', 'event.action',
  'event.outcome', 'event.reason', 'event.module', 'event.dataset', 'event.duration',
  'host.name', 'rule.name', 'observer.product', 'observer.type', 'process.exit_code', 'process.command_line',
  'container.id', 'container.name', 'container.image.name', 'container.image.tag',
  'container.image.hash.all', 'container.labels', 'container.security_context.privileged',
  'orchestrator.type', 'orchestrator.namespace', 'orchestrator.resource.type',
  'orchestrator.resource.name', 'orchestrator.resource.id',
]) // prettier-ignore

/** ECS 9.5: which `event.type` goes with which `event.category`. */
const expectedTypes: { readonly [category: string]: readonly string[] } = {
  api: ['access', 'admin', 'allowed', 'change', 'creation', 'deletion', 'denied', 'end', 'info', 'start', 'user'],
  configuration: ['access', 'change', 'creation', 'deletion', 'info'],
  file: ['access', 'change', 'creation', 'deletion', 'info'],
  network: ['access', 'allowed', 'connection', 'denied', 'end', 'info', 'protocol', 'start'],
  package: ['access', 'change', 'deletion', 'info', 'installation', 'start'],
  process: ['access', 'change', 'end', 'info', 'start'],
} // prettier-ignore

describe('the declaration of the documents', () => {
  test('uses no name outside docker and auditor that ECS does not have', () => {
    for (const { field } of ecsFields) {
      assert.ok(/^(?:docker|auditor)\./.test(field) || ecsNames.has(field), field)
    }
  })

  test('describes every field, and what is inside objects', () => {
    for (const { field, type, description, properties } of ecsFields) {
      assert.ok(description.length > 5, field)
      assert.equal(type === 'object', properties !== undefined, field)
    }
  })

  test('gives each category only the types ECS expects there', () => {
    for (const [kind, actions] of Object.entries(classes)) {
      for (const [action, { category, type }] of Object.entries(actions)) {
        assert.ok(expectedTypes[category]!.includes(type), `${kind} ${action}`)
      }
    }
  })
})

describe('compileFields', () => {
  const constant = (field: string, value: string | number | bigint | boolean | undefined) => ({
    field,
    value: () => value,
  })

  test('nests by dots, leaves out what has no value, and branches without any', () => {
    const write = compileFields([
      constant('a.b.c', 1),
      constant('a.b.d', undefined),
      constant('x.y', undefined),
      constant('a.e', 'two "three"\n'),
      constant('big', 9_007_199_254_740_993n),
      constant('yes', true),
      constant('nan', NaN),
    ])
    assert.equal(
      write(undefined),
      String.raw`{"a":{"b":{"c":1},"e":"two \"three\"\n"},"big":9007199254740993,"yes":true}`,
    )
  })

  test('a document without values is empty', () => {
    assert.equal(compileFields([constant('a.b', undefined)])(undefined), '{}')
  })

  test('refuses a name that is a field and the parent of another, or there twice', () => {
    assert.throws(() => compileFields([constant('a', 1), constant('a.b', 1)]), /parent of another/)
    assert.throws(() => compileFields([constant('a.b', 1), constant('a', 1)]), /twice/)
    assert.throws(() => compileFields([constant('a', 1), constant('a', 1)]), /twice/)
  })
})
