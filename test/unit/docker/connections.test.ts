import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { createAgent } from '../../../src/docker/connections.ts'

test('what docker-modem writes out for each request does not grow with the connections', () => {
  const agent = createAgent({ kind: 'unix', url: 'unix:///engine', path: '/engine' })
  assert.ok(inspect({ agent }, { showHidden: true, depth: null }).length < 100)
})
