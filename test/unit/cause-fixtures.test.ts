import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PLACES } from '../support/causes/pack.ts'
import { causeFixtures, readCauseFixture, readEngineEnds } from '../support/causes/fixtures.ts'
import { scenarios, truthOn } from '../support/causes/scenarios.ts'
import { scenarioOf } from '../support/causes/truth.ts'
import type { DockerEvent } from '../../src/model/docker-event.ts'

const REMOVED = new Set(['destroy', 'remove'])

function byContainer(events: readonly DockerEvent[]): Map<string, DockerEvent[]> {
  const found = new Map<string, DockerEvent[]>()
  for (const event of events) {
    const { name } = event.attributes
    if (event.type !== 'container' || name === undefined) continue
    found.set(name, [...(found.get(name) ?? []), event])
  }
  return found
}

test('every engine was recorded', () => {
  assert.deepEqual(causeFixtures, ['docker20', 'docker28', 'moby2', 'podman43'])
})

for (const engine of causeFixtures) {
  const fixture = readCauseFixture(engine)

  test(`${engine}: each scenario is there, or says why it is not`, () => {
    const { family, scenarios: kept } = fixture.truth
    const wanted = scenarios.map((scenario) => {
      const had = kept[scenario.name]
      const times = had === undefined || 'skipped' in had ? 0 : had.times
      return [scenario.name, truthOn(family, scenario, times)]
    })
    assert.deepEqual(kept, Object.fromEntries(wanted))
    for (const [name, truth] of Object.entries(fixture.truth.scenarios)) {
      if ('skipped' in truth) assert.notEqual(truth.skipped, '')
      else {
        const spoilt = fixture.truth.spoilt.filter((own) => scenarioOf(own) === name)
        assert.ok(truth.times - spoilt.length >= 20, `${name}: ${truth.times} times`)
      }
    }
  })

  test(`${engine}: of each container every event is there, from its creation to its removal`, () => {
    const found = byContainer(fixture.events)
    for (const [name, truth] of fixture.containers) {
      const events = found.get(name) ?? []
      const count = (action: string): number => events.filter((e) => e.action === action).length
      const ran = truth.runs.filter(({ cause }) => cause !== 'start-failed').length
      assert.equal(count('create'), 1, `${name}: create`)
      assert.equal(count('die'), count('start'), `${name}: die`)
      assert.ok(REMOVED.has(events.at(-1)!.action), `${name}: ${events.at(-1)!.action} is the last`)
      if (truth.more === true) assert.ok(count('start') >= ran, `${name}: start`)
      else assert.equal(count('start'), ran, `${name}: start`)
    }
  })

  test(`${engine}: what was asked is there, in the order of time, and no place of the engine's files with it`, () => {
    const { inspects } = fixture
    assert.ok(inspects.every(({ at }, index) => index === 0 || inspects[index - 1]!.at <= at))
    for (const { inspect } of inspects) {
      assert.deepEqual(
        PLACES.filter((name) => Object.hasOwn(inspect ?? {}, name)),
        [],
      )
    }
  })
}

for (const engine of causeFixtures) {
  const fixture = readEngineEnds(engine)
  if (fixture === undefined) continue

  test(`${engine}: the engine's ends are in its journal, and its containers'`, () => {
    const markers = fixture.entries.filter(({ kind }) => kind === 'marker')
    assert.ok(markers.length > 10, `${markers.length} markers`)
    const events = fixture.entries.flatMap((entry) =>
      entry.kind === 'record' && entry.origin === 'observed' ? [entry.event] : [],
    )
    const found = byContainer(events)
    for (const name of fixture.containers.keys()) {
      assert.equal(found.get(name)?.filter(({ action }) => action === 'create').length, 1, name)
    }
  })
}
