import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { DatabaseSync } from 'node:sqlite'
import { openJournal } from '../../../../src/journal/open.ts'
import { record } from '../../../support/records.ts'
import { cli, replayedJournal, scratch } from '../../../support/cli.ts'

/**
 * The runs of the recorded trace, read by hand from its events: `redis-a` was stopped and started
 * by `docker restart`, then killed, started again and stopped; `web-a` ignored SIGTERM.
 */
const EXPECTED = [
  'job-a-1 1 crashed 1',
  'job-a-2 1 crashed 2',
  'job-a-3 1 completed 0',
  'job-a-4 1 crashed 1',
  'job-a-5 1 crashed 2',
  'hog-a 1 oom 137',
  'loop-a 1 crashed 17',
  'loop-a 2 crashed 17',
  'loop-a 3 crashed 17',
  'loop-a 4 crashed 17',
  'loop-a 5 crashed 17',
  'shop/cache 1 1 restarted 0',
  'shop/api 1 1 stop-timeout 137',
  'shop/cache 1 2 killed 137',
  'weird-a 1 crashed 3', // its label says exitCode=0
  'shop/cache 1 3 stopped 0',
]

interface Told {
  readonly lineage: { readonly name: string }
  readonly number: number
  readonly cause: string
  readonly exitCode: number
}

suite('the lives of a real trace', () => {
  test('lives are those read by hand', async (t) => {
    const data = await replayedJournal(t)
    const { code, stdout } = await cli(['lives', '--data', data, '-o', 'ndjson'])
    assert.equal(code, 0)
    const told = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Told)
      .map(
        ({ lineage, number, cause, exitCode }) => `${lineage.name} ${number} ${cause} ${exitCode}`,
      )
    assert.deepEqual(told.reverse(), EXPECTED)
  })

  test('each run is told once, as an entry', async (t) => {
    const data = await replayedJournal(t)
    const { stdout } = await cli(['events', 'kind:life', '--data', data, '-o', 'ndjson'])
    assert.equal(stdout.trimEnd().split('\n').length, EXPECTED.length)
  })

  test('chosen by name, cause and length', async (t) => {
    const data = await replayedJournal(t)
    const lives = async (...args: string[]): Promise<number> =>
      (await cli(['lives', '--data', data, '-o', 'ndjson', ...args])).stdout.split('\n').length - 1
    assert.equal(await lives('loop-a'), 5)
    assert.equal(await lives('project:shop'), 4)
    assert.equal(await lives('cause:oom,killed'), 2)
    assert.equal(await lives('lasted>20s', 'exit:0..137'), 2)
    assert.equal(await lives('lasted<100ms NOT cause:oom'), 1)
    assert.equal(await lives('running:true'), 0)
    assert.equal(await lives('signal:KILL', '--limit', '2'), 2)
    assert.equal((await cli(['lives', '--data', data, 'cause:oom', '--exit-code'])).code, 10)
    assert.equal((await cli(['lives', '--data', data, 'running:true', '--exit-code'])).code, 0)
  })

  test('why says the cause, what it rests on, and what is not known', async (t) => {
    const data = await replayedJournal(t)
    const why = async (...args: string[]): Promise<string> =>
      (await cli(['why', '--data', data, ...args])).stdout
    assert.match(
      await why('hog-a'),
      /exit 137 \(SIGKILL\).*\nCause: oom\. .*Docker told `oom` 30ms before.*12 MiB/,
    )
    assert.match(await why('shop/api'), /Cause: stop-timeout\. It was asked to stop .*\(SIGTERM\)/)
    assert.match(
      await why('loop-a'),
      /Cause: crashed\. It ended by itself with code 17; .*\n.*number 5 with this cause/,
    )
    assert.match(await why('loop-a', '--nth', '5'), /Started again .* by its restart policy/)
    assert.match(
      await why('shop/cache', '--nth', '3'),
      /Cause: restarted\..*\nStarted again .* by a restart/,
    )
    assert.match(await why('redis-a'), /^shop\/cache 1 .*Docker does not record which user/s)
    assert.match(await why('hog-a'), /Evidence: oom [0-9a-f]{32}, die [0-9a-f]{32}/)
    const json = JSON.parse(await why('hog-a', '-o', 'json')) as { cause: string; why: string[] }
    assert.equal(json.cause, 'oom')
    assert.equal(json.why.length, 1)
  })

  test('show, stats and loops', async (t) => {
    const data = await replayedJournal(t)
    const ask = async (...args: string[]): Promise<string> =>
      (await cli([...args, '--data', data])).stdout
    const shown = await ask('show', 'shop/cache')
    assert.match(shown, /^shop\/cache 1: 3 runs\n\nd0010377d545 {2}redis-a {2}cache:7, created/)
    assert.match(shown, /#2 .* by restart .*killed 137 \(SIGKILL\)/)
    assert.match(
      shown,
      /#1 .*restarted 0.*\n {2}~ .* {2}update: memory none -> 64 MiB, memory-swap none -> 64 MiB\n {2}#2 /,
    )
    const rows = JSON.parse(await ask('stats', '--since', '2026-11-22', '-o', 'json')) as {
      image: string
      runs: number
      causes: { [cause: string]: number }
    }[]
    assert.deepEqual(
      rows.map(({ image, runs }) => [image, runs]),
      [
        ['shop/worker:2.0', 6],
        ['shop/flaky:latest', 5],
        ['cache:7', 3],
        ['busybox:test', 1],
        ['shop/api:1.4.2', 1],
      ],
    )
    assert.deepEqual(rows[0]!.causes, { completed: 1, crashed: 4, oom: 1 })
    assert.match(
      await ask('stats', '--since', '2026-01-01'),
      /^shop\/worker:2\.0 +6 .* ~\d\S* +~\d\S* /m,
      'over long times from what was counted for each hour',
    )
    assert.match(
      await ask('loops', '--since', '2026-11-22'),
      /loop-a +restart-loop +5 .*crashed, exit code 17 .*not over/,
    )
    assert.equal((await cli(['loops', '--active', '--exit-code', '--data', data])).code, 10)
  })

  test('made anew they are the same', async (t) => {
    const data = await replayedJournal(t)
    const dump = (): unknown => {
      const db = new DatabaseSync(join(data, 'lives.db'), { readOnly: true })
      try {
        return ['engines', 'lineages', 'lives', 'runs', 'streaks', 'untold', 'execs'].map((table) =>
          db.prepare(`SELECT * FROM ${table}`, { readBigInts: true }).all(),
        )
      } finally {
        db.close()
      }
    }
    const before = dump()
    const { code, stderr } = await cli(['journal', 'rebuild', '--data', data])
    assert.equal(code, 0, stderr)
    assert.match(stderr, /lives made anew from \d+ entries/)
    assert.deepEqual(dump(), before)
  })

  test('where they are behind the journal, that is said, and an answer given', async (t) => {
    const data = await replayedJournal(t)
    const journal = await openJournal({ dir: data })
    const more = Array.from({ length: 150 }, (_, at) => record('top', { at }))
    await journal.append(more)
    await journal[Symbol.asyncDispose]()
    const behind = await cli(['lives', '--data', data, '-o', 'ndjson'])
    assert.match(behind.stderr, /^lives are 15\d entries behind the journal: .*journal rebuild$/m)
    assert.equal(behind.stdout.trimEnd().split('\n').length, EXPECTED.length)
    await cli(['journal', 'rebuild', '--data', data])
    assert.equal((await cli(['lives', '--data', data])).stderr, '')
  })

  test('what is asked wrongly is told with the cure', async (t) => {
    const data = await replayedJournal(t)
    const wrong = async (...args: string[]): Promise<string> => {
      const { code, stderr, stdout } = await cli([...args, '--data', data])
      assert.equal(stdout, '')
      return `${code} ${stderr}`
    }
    assert.match(await wrong('why', 'hog'), /^2 .*nothing is called "hog"; near it: hog-a/)
    assert.match(await wrong('why', 'shop'), /^2 .*may be any of shop\/.* 1, shop\/.* 1/)
    assert.match(await wrong('why', 'hog-a', '--nth', '2'), /^1 .*has ended 1 times/)
    assert.match(
      await wrong('lives', 'cause:omm'),
      /^2 .*cause:omm\n.*\^\^\^ .*did you mean "oom"/s,
    )
    assert.match(
      await wrong('lives', 'cuase:oom'),
      /^2 .*runs have no field "cuase", did you mean "cause"/s,
    )
    assert.match(
      await wrong('stats', '--by', 'imgae'),
      /^2 .*can't count by "imgae", did you mean "image"/,
    )
    assert.match(await wrong('stats', '--since', 'now', '--until', 'yesterday'), /^2 .*is after/)
    const empty = await scratch(t)
    const { code, stderr } = await cli(['lives', '--data', empty])
    assert.equal(code, 1)
    assert.match(stderr, /holds no lives yet: start the agent there, or .*journal rebuild/)
  })
})
