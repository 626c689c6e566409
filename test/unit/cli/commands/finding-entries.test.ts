import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { cli, replayedJournal } from '../../../support/cli.ts'

/**
 * Read by hand from the trace's inspect.ndjson and events.ndjson: only `hog-a` was begun with a memory limit, and
 * `docker update` gave `redis-a` (shop/cache) one; nothing is privileged, shares a namespace of the host, has
 * the engine's socket or added capabilities; only `shop/flaky:latest` is not pinned. `loop-a` died five times
 * within five minutes with code 17, and the trace ends some seconds later. No lineage has two containers, so no tag moved; no health went to and fro twice.
 */
const EXPECTED = [
  'posture noted shop/api 1: no memory limit',
  'posture noted shop/cache 1: no memory limit',
  ...[1, 2, 3, 4, 5].map((number) => `posture noted job-a-${number}: no memory limit`),
  'posture noted loop-a: no memory limit, image not pinned shop/flaky:latest',
  'restart-loop opened loop-a: crashed, exit code 17',
  'posture noted shop/cache 1: ',
  'posture noted weird-a: no memory limit',
]

interface Told {
  readonly finding: string
  readonly state: string
  readonly lineage: { readonly name: string }
  readonly details: readonly string[]
}

suite('the findings of a real trace', () => {
  test('findings are those read by hand', async (t) => {
    const data = await replayedJournal(t)
    const { stdout } = await cli(['events', 'kind:finding', '--data', data, '-o', 'ndjson'])
    const told = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Told)
      .map(({ finding, state, lineage, details }) => {
        const what = details.map((detail) => detail.replace(/ \(.*/, '')).join(', ')
        return `${finding} ${state} ${lineage.name}: ${what}`
      })
    assert.deepEqual(told.sort(), EXPECTED.sort())
  })
})
