import assert from 'node:assert/strict'
import { test } from 'node:test'
import { peer, requirePeer } from '../support/peers.ts'

function skips(): { skip(reason?: string): void; readonly reasons: string[] } {
  const reasons: string[] = []
  return { reasons, skip: (reason = '') => void reasons.push(reason) }
}

test('a peer that is there is looked for once', async () => {
  let probes = 0
  const there = peer('a peer', async () => ({ probes: ++probes }))
  const t = skips()
  assert.deepEqual(await requirePeer(t, there, true), { probes: 1 })
  assert.deepEqual(await requirePeer(t, there, true), { probes: 1 })
  assert.deepEqual(t.reasons, [])
})

test('a missing peer skips with its reason', async () => {
  const t = skips()
  assert.equal(
    await requirePeer(
      t,
      peer('rsyslog', async () => ({ missing: 'no such' })),
      false,
    ),
    undefined,
  )
  assert.deepEqual(t.reasons, ['rsyslog is missing: no such'])
})

test('a probe that throws counts as missing', async () => {
  const t = skips()
  const broken = peer<object>('rsyslog', () => Promise.reject(new Error('broken')))
  assert.equal(await requirePeer(t, broken, false), undefined)
  assert.deepEqual(t.reasons, ['rsyslog is missing: broken'])
})

test('with CI a missing peer fails', async () => {
  const t = skips()
  await assert.rejects(
    requirePeer(
      t,
      peer('rsyslog', async () => ({ missing: 'no such' })),
      true,
    ),
    /no such/,
  )
  assert.deepEqual(t.reasons, [])
})
