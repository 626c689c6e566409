import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { execLine } from '../../src/cli/exec-line.ts'
import { expectedOf } from '../support/around/expected.ts'
import { aroundOf } from '../support/around/told.ts'
import { fixturesOf, readCauseFixture } from '../support/causes/fixtures.ts'
import { entriesOf } from '../support/causes/told.ts'
import { scenarioOf } from '../support/causes/truth.ts'
import { toldOf } from '../support/episodes/told.ts'

/** Lengths differ from one recording to another. */
const withoutLength = (text: string): string => text.replace(/ran \d.*/, 'ran')

for (const engine of fixturesOf('around')) {
  suite(`${engine}: execs, updates, restart loops and health, made on purpose`, () => {
    const entries = entriesOf(engine, 'around', 'record')
    const { containers, truth } = readCauseFixture(engine, 'around')
    const { family } = truth

    test('each is told as it was, or as far as the engine tells it', async () => {
      assert.ok(containers.size >= 50)
      const told = aroundOf(await entries)
      for (const container of containers.keys()) {
        assert.deepEqual(told(container), expectedOf(family, container), container)
      }
    })

    test('watch tells an exec in one line, or in two where it goes on', async () => {
      const lines = new Map<string, string[]>()
      for (const each of toldOf(await entries)) {
        const name = each.life?.name ?? ''
        const said = lines.get(name) ?? []
        lines.set(name, said)
        if (each.kind === 'exec') said.push(withoutLength(execLine(each).detail))
        else if (each.kind === 'single' && each.entry.kind === 'record') {
          const { action } = each.entry.event
          if (action.startsWith('exec')) said.push(action.trimEnd())
        }
      }
      for (const container of containers.keys()) {
        const scenario = scenarioOf(container)!
        const expected = WATCHED[family][scenario]
        if (expected !== undefined) assert.deepEqual(lines.get(container), expected, container)
      }
    })
  })
}

const WATCHED: {
  readonly [family in 'docker' | 'podman']: { readonly [scenario: string]: readonly string[] }
} = {
  docker: {
    'exec-0': ['true · exit 0 · ran'],
    'exec-3': ['sh -c exit 3 · exit 3 · ran'],
    'exec-long': ['sleep 2 · began', 'sleep 2 · exit 0 · ran'],
    // That it was started is told, and never that it could not be.
    'exec-missing': ['/no/such/binary · began'],
    'exec-label': ['exec_create: true', 'exec_start: true', 'exec_die'],
  },
  podman: {
    'exec-0': ['exec', 'exec_died'],
    'exec-missing': [],
    'exec-label': ['exec', 'exec_died'],
  },
}
