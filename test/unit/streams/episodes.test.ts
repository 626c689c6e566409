import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { LifeEntry } from '../../../src/model/entry.ts'
import { createEpisodes } from '../../../src/streams/episodes.ts'
import { compare } from '../../support/causes/confusion.ts'
import { causeFixtures, readCauseFixture } from '../../support/causes/fixtures.ts'
import { entriesOf } from '../../support/causes/told.ts'
import { linesOf, toldOf } from '../../support/episodes/told.ts'
import { record } from '../../support/records.ts'

const fixtures = join(import.meta.dirname, '../../fixtures/episodes')

for (const engine of causeFixtures) {
  describe(`the recordings of ${engine}`, () => {
    const told = entriesOf(engine).then(toldOf)

    test('are told as it is written down (cure: npx node test/support/episodes/write.ts, and read it)', async () => {
      const wanted = await readFile(join(fixtures, `${engine}.txt`), 'utf8')
      assert.equal(`${linesOf(await told).join('\n')}\n`, wanted)
    })

    test('each end is told once, and so soon only a restart may still look like a stop', async () => {
      const ends = new Map<string, LifeEntry[]>()
      for (const each of await told) {
        if (each.kind !== 'episode') continue
        const { name } = each.life
        const these = each.ended.map(({ run, cause, signal }) => {
          const { exitCode } = run.death ?? {}
          return { cause, ...(signal && { signal }), ...(exitCode !== undefined && { exitCode }) }
        })
        ends.set(name, [...(ends.get(name) ?? []), ...(these as LifeEntry[])])
      }
      const wrong = compare(readCauseFixture(engine).containers, ends).filter(
        ({ verdict, truth, told: said }) =>
          verdict === 'wrong' &&
          !(truth === 'restarted' && (said === 'stopped' || said === 'stop-timeout')),
      )
      assert.deepEqual(wrong, [])
    })
  })
}

describe('episodes', () => {
  const about = { name: 'web', image: 'nginx' }
  const event = (action: string, at: number, attributes = {}) =>
    record(action, { at, attributes: { ...about, ...attributes } })

  test('wait by the clock where the engine says nothing more: a second, and 11 s where it was asked to end', () => {
    const episodes = createEpisodes()
    assert.deepEqual(episodes.take(event('start', 0), 5_000), [])
    assert.equal(episodes.dueAt, 6_000)
    assert.deepEqual(episodes.take(event('kill', 100, { signal: '15' }), 5_100), [])
    assert.equal(episodes.dueAt, 16_100)
    assert.deepEqual(episodes.due(16_099), [])
    const [told] = episodes.due(16_100)
    assert.equal(told?.kind, 'episode')
    assert.equal(episodes.dueAt, undefined)
  })

  test('end at a later event of the same engine, by its time', () => {
    const episodes = createEpisodes()
    episodes.take(event('start', 0), 0)
    const told = episodes.take(record('pull', { type: 'image', at: 1_001 }), 0)
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ['episode', 'single'],
    )
  })

  test('a container that crashes on and on is told from time to time', () => {
    const episodes = createEpisodes()
    const told = Array.from({ length: 30 }, (_, at) =>
      [event('start', at * 500), event('die', at * 500 + 100, { exitCode: '1' })].flatMap((each) =>
        episodes.take(each, 0),
      ),
    ).flat()
    assert.equal(told.length, 2)
    assert.ok(told.every((each) => each.kind === 'episode' && each.ended.length > 5))
  })

  test('what has a word of its own is told behind the episode it came in', () => {
    const episodes = createEpisodes()
    episodes.take(event('start', 0), 0)
    assert.deepEqual(episodes.take(event('health_status: healthy', 10), 10), [])
    const told = episodes.due(1_000)
    assert.deepEqual(
      told.map(({ kind }) => kind),
      ['episode', 'single'],
    )
  })
})
