import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { execLine } from '../../../src/cli/exec-line.ts'
import type { LifeEntry, Record } from '../../../src/model/entry.ts'
import type { Told } from '../../../src/model/life/episode.ts'
import { createEpisodes } from '../../../src/streams/episodes.ts'
import { compare } from '../../support/causes/confusion.ts'
import { causeFixtures, readCauseFixture } from '../../support/causes/fixtures.ts'
import { entriesOf } from '../../support/causes/told.ts'
import { linesOf, toldOf } from '../../support/episodes/told.ts'
import { factsOf, record } from '../../support/records.ts'

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

  test('the events of one exec are told together; one that goes on when it begins and when it ends', () => {
    const episodes = createEpisodes()
    const exec = (action: string, at: number, execID = 'e1') =>
      event(action, at, { execID, exitCode: '3' })
    assert.deepEqual(episodes.take(exec('exec_create: date', 0), 0), [])
    assert.deepEqual(episodes.take(exec('exec_start: date', 20), 20), [])
    assert.deepEqual(episodes.take(exec('exec_create: top', 30, 'e2'), 30), [])
    assert.deepEqual(episodes.take(exec('exec_start: top', 40, 'e2'), 40), [])
    assert.deepEqual(saidOf(episodes.take(exec('exec_die', 160), 160)), [
      'date · exit 3 · ran 140ms',
    ])
    assert.equal(episodes.dueAt, 1_040)
    assert.deepEqual(saidOf(episodes.due(1_040)), ['top · began'])
    assert.equal(episodes.dueAt, undefined)
    assert.deepEqual(saidOf(episodes.take(exec('exec_die', 90_040, 'e2'), 90_040)), [
      'top · exit 3 · ran 1m 30s',
    ])
  })

  test('what is not known of an exec is said', () => {
    const said = (...events: Record[]): string[] => {
      const episodes = createEpisodes()
      return saidOf([...events.flatMap((each) => episodes.take(each, 0)), ...episodes.end()])
    }
    const execID = 'e1'
    assert.deepEqual(said(event('exec_die', 0, { execID, exitCode: '0' })), [
      'exit 0 · its start was not seen',
    ])
    assert.deepEqual(said(event('exec_create: a b', 0, { execID })), ['a b · prepared, not begun'])
    assert.deepEqual(
      said(event('exec', 0), event('exec_died', 10)),
      ['exec', 'exec_died'],
      'Podman',
    )
    const labelled = (action: string): Record => ({
      ...event(action, 0, { execID: 'mine' }),
      container: factsOf('c1', { labels: { execID: 'mine' } }),
    })
    assert.deepEqual(
      said(labelled('exec_create: a'), labelled('exec_start: a')),
      ['exec_create: a', 'exec_start: a'],
      'an id that a label may stand for joins nothing',
    )
  })

  test('an exec within a story is told behind it', () => {
    const episodes = createEpisodes()
    episodes.take(event('start', 0), 0)
    for (const action of ['exec_create: date', 'exec_start: date', 'exec_die']) {
      assert.deepEqual(episodes.take(event(action, 10, { execID: 'e1', exitCode: '0' }), 10), [])
    }
    assert.deepEqual(
      episodes.due(1_000).map(({ kind }) => kind),
      ['episode', 'exec'],
    )
  })
})

const saidOf = (told: readonly Told[]): string[] =>
  told.map((each) => {
    if (each.kind === 'exec') return execLine(each).detail
    assert.equal(each.kind, 'single')
    return each.kind === 'single' && each.entry.kind === 'record' ? each.entry.event.action : ''
  })
