import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import {
  COOLDOWN_MS,
  RULES,
  steps,
  tellStory,
  type Bugs,
  type Outcome,
} from '../support/alerts/story.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

/** The promises to who is woken by it. */
function check({ told, crashes }: Outcome): void {
  const groups = Map.groupBy(told, ({ alert }) => `${alert.rule} ${alert.group}`)
  for (const [name, ofGroup] of groups) {
    let open: string | undefined
    let fired = -Infinity
    for (const { alert, at } of ofGroup) {
      if (alert.state === 'firing') {
        assert.ok(open === undefined || open === alert.opening, `${name}: two alerts at once`)
        assert.ok(at - fired >= COOLDOWN_MS, `${name}: told twice within ${at - fired} ms`)
        open = alert.opening
        fired = at
      } else {
        assert.equal(alert.opening, open, `${name}: over, and not told that it fired`)
        open = undefined
      }
    }
    assert.equal(open, undefined, `${name}: never over`)
  }
  for (const [name, count] of crashes) {
    const ended =
      groups.get(`crashed ${name}`)?.filter(({ alert }) => alert.state === 'resolved') ?? []
    const counted = ended.reduce((sum, { alert }) => sum + alert.matches, 0)
    assert.equal(counted, count, `${name}: crashes told`)
  }
}

const property = (bugs?: Bugs) =>
  fc.asyncProperty(steps, async (story) => check(await tellStory(story, bugs)))

describe('alerts, whatever the restarts', () => {
  test('none is lost or doubled, each is over once, and a group is told of once a cooldown', async () => {
    await fc.assert(property(), runs(200))
  })

  const planted: { readonly [bug: string]: Bugs } = {
    'what was told is not kept before it is appended': {
      spoil: (saved) => ({ ...saved, outbox: [] }),
    },
    'which alerts are open is forgotten': { spoil: (saved) => ({ ...saved, alerts: [] }) },
    'each start begins at the end of the journal': { spoil: () => undefined },
    'the cooldown is not minded': { rules: RULES.map((rule) => ({ ...rule, cooldown: 1_000 })) },
    'the place is one too far': { spoil: (saved) => ({ ...saved, seq: saved.seq + 1 }) },
  }
  for (const [bug, bugs] of Object.entries(planted)) {
    test(`planted: ${bug}: is caught`, async () => {
      await assertCaught(property(bugs))
    })
  }
})
