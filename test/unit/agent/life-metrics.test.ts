import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { Registry } from 'prom-client'
import { createLifeMetrics } from '../../../src/agent/life-metrics.ts'
import { lifeEntriesOf } from '../../support/lives/ends.ts'
import { tell, type Telling } from '../../support/lives/tell.ts'
import { record } from '../../support/records.ts'

const START = Number(record('x').time / 1_000_000n)

function setup() {
  const registry = new Registry()
  let now = START
  const metrics = createLifeMetrics(registry, { now: () => now })
  return {
    tell: (story: string, telling: Telling = {}): void => {
      const entries = tell(story, telling)
      for (const entry of entries) metrics.recorded(entry)
      for (const [at, life] of lifeEntriesOf(entries).entries()) {
        metrics.recorded({ ...life, seq: 1_000 + at })
      }
    },
    at: (ms: number): void => {
      now = START + ms
    },
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

  test('a loop opens with the fifth end and is over when it was quiet', async () => {
    const { tell: happens, at, lines } = setup()
    happens('create start +500 die(1) start +500 die(1) start +500 die(1) start +500 die(1)')
    assert.deepEqual(await lines('restart_loops'), ['auditor_container_restart_loops 0'])
    happens('start +500 die(1)', { at: 60_000 })
    at(61_000)
    assert.deepEqual(await lines('restart_loops'), ['auditor_container_restart_loops 1'])
    at(400_000)
    assert.deepEqual(await lines('restart_loops'), ['auditor_container_restart_loops 0'])
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
