import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bridgeRun, told } from '../../support/services.ts'

const ID = 'c1'

describe('-deregister on-success', () => {
  for (const [profile, ending] of [
    ['auditor-2015', [0]],
    ['registrator-7', [0, 137, 143]],
  ] as const) {
    test(`${profile}: stops after ${ending.join(', ')}, and after an end nobody saw`, () => {
      const stopped = [0, 1, 137, 143, undefined].filter((code) => {
        const { bridge, start } = bridgeRun(profile, { deregister: 'on-success' })
        start({ id: ID })
        return bridge.die(ID, code).length > 0
      })
      assert.deepEqual(stopped, [...ending, undefined])
    })
  }

  test('without a ttl a failed container is forgotten: its next start is told', () => {
    const { bridge, start } = bridgeRun('registrator-7', { deregister: 'on-success' })
    start({ id: ID })
    bridge.die(ID, 1)
    assert.equal(start({ id: ID }).length, 2)
  })

  test('after the ttl it is forgotten, too', () => {
    const settings = { deregister: 'on-success', ttl: 30, ttlRefresh: 10 }
    const { bridge, start } = bridgeRun('registrator-7', settings)
    start({ id: ID })
    bridge.die(ID, 1)
    for (let ticks = 0; ticks < 3; ticks++) bridge.refresh()
    assert.equal(start({ id: ID }).length, 2)
  })
})

test('what is known is not told again by another start', () => {
  const { start } = bridgeRun('auditor-2015')
  assert.equal(start({ id: ID }).length, 2)
  assert.equal(start({ id: ID }).length, 0)
})

test('without an answer of inspect nothing is told, until a resync', () => {
  const { bridge, inputs } = bridgeRun('auditor-2015')
  assert.deepEqual(bridge.start(ID, undefined), [])
  const again = bridge.sync([{ id: ID, inputs: inputs('published', { id: ID }) }], [])
  assert.deepEqual(told(again), ['start nginx-443', 'start nginx-80'])
})

test('-cleanup: a resync stops what runs no more, and only with it', () => {
  const seen = [true, false].map((cleanup) => {
    const { bridge, start } = bridgeRun('registrator-7', { cleanup })
    start({ id: ID })
    return told(bridge.sync([], [{ id: ID, exitCode: 1 }]))
  })
  assert.deepEqual(seen, [['stop nginx-443', 'stop nginx-80'], []])
})

test('what is found dead is not told as started', () => {
  const { bridge, inputs } = bridgeRun('auditor-2015')
  assert.deepEqual(bridge.found(inputs('dead', { id: ID })), [])
})
