import { readFile } from 'node:fs/promises'
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { peer, requirePeer } from '../support/peers.ts'
import { run } from '../support/run.ts'

const root = join(import.meta.dirname, '../..')
const rules = join(root, 'deploy/prometheus/auditor.rules.yaml')

const promtool = peer<object>('promtool', () =>
  run('promtool', ['--version']).then(
    () => ({}),
    () => ({ missing: 'not installed (cure: apt-get install prometheus)' }),
  ),
)

test('the alerting rules ask for metrics that there are', async () => {
  const told = new Set(
    (await readFile(join(root, 'docs/operations.md'), 'utf8')).match(/auditor_\w+/g),
  )
  const asked = new Set((await readFile(rules, 'utf8')).match(/auditor_\w+/g))
  assert.ok(asked.size > 5)
  for (const name of asked) assert.ok(told.has(name), name)
})

test('Prometheus takes the alerting rules, and they fire when they should', async (t) => {
  if ((await requirePeer(t, promtool)) === undefined) return
  await run('promtool', ['check', 'rules', rules])
  await run('promtool', ['test', 'rules', join(root, 'test/fixtures/prometheus/rules.test.yaml')])
})
