import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Registry } from 'prom-client'
import { createLifeMetrics } from '../../../src/agent/life-metrics.ts'
import type { LivesStatus } from '../../../src/lives/keeper.ts'
import { lifeEntriesOf } from '../../support/lives/ends.ts'
import { tell, type Telling } from '../../support/lives/tell.ts'

function setup() {
  const registry = new Registry()
  const metrics = createLifeMetrics(registry)
  return {
    tell: (story: string, telling: Telling = {}): void => {
      const entries = tell(story, telling)
      for (const entry of entries) metrics.recorded(entry)
      for (const [at, life] of lifeEntriesOf(entries).entries()) {
        metrics.recorded({ ...life, seq: 1_000 + at })
      }
    },
    set: (status: LivesStatus): void => metrics.set(status),
    lines: async (name: string): Promise<string[]> =>
      (await registry.metrics())
        .split('\n')
        .filter((line) => line.startsWith(`auditor_container_${name}`)),
  }
}

suite('metrics of containers', () => {
  test('deaths by cause, project, service and image', async () => {
    const { tell: happens, lines } = setup()
    const labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'api' }
    happens('create start +5000 oom die(137)', { labels })
    happens('create start +5000 die(0) start +5000 die(0)')
    assert.deepEqual(await lines('deaths_total'), [
      'auditor_container_deaths_total{project="shop",service="api",image="shop/api:1",cause="oom"} 1',
      'auditor_container_deaths_total{project="",service="",image="shop/api:1",cause="completed"} 2',
    ])
    assert.deepEqual(await lines('starts_total'), [
      'auditor_container_starts_total{project="shop",service="api",image="shop/api:1"} 1',
      'auditor_container_starts_total{project="",service="",image="shop/api:1"} 2',
    ])
  })

  test('what goes on is what the keeper of the lives says', async () => {
    const { set, lines } = setup()
    assert.deepEqual(await lines('restart_loops'), ['auditor_container_restart_loops 0'])
    set({ seq: 1, open: { 'restart-loop': 2, 'flapping-health': 1 } })
    assert.deepEqual(await lines('restart_loops'), ['auditor_container_restart_loops 2'])
    assert.deepEqual(await lines('flapping'), ['auditor_container_flapping_health 1'])
  })

  test('names without end make no series without end', async () => {
    const { tell: happens, lines } = setup()
    for (let at = 0; at < 350; at++) {
      happens('start', { facts: { image: { name: `image-${at}`, id: '' } } })
    }
    const series = await lines('starts_total')
    assert.equal(series.length, 301)
    assert.match(series.at(-1)!, /other.*50$/)
  })
})
