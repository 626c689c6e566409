import assert from 'node:assert/strict'
import { test } from 'node:test'
import { containerPrefix, docker, dockerEngine, removeContainers } from '../support/docker.ts'
import { requirePeer } from '../support/peers.ts'

test('the test image runs, and the containers of a prefix can be removed', async (t) => {
  const engine = await requirePeer(t, dockerEngine)
  if (engine === undefined) return
  const prefix = containerPrefix(t)
  const said = await docker(
    'run',
    '--name',
    `${prefix}a`,
    '--network',
    'none',
    engine.image,
    'echo',
    'hi',
  )
  assert.equal(said, 'hi')
  await docker(
    'run',
    '--detach',
    '--name',
    `${prefix}b`,
    '--network',
    'none',
    engine.image,
    'sleep',
    '600',
  )
  await removeContainers(prefix)
  assert.equal(await docker('ps', '--all', '--quiet', '--filter', `name=^/${prefix}`), '')
})
