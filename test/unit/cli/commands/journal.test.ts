import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { decodeEntry } from '../../../../src/model/entry-codec.ts'
import { cli, lifecycle, replayedJournal, scratch } from '../../../support/cli.ts'
import { serveHttp } from '../../../support/servers.ts'

suite('replay, then ask the journal', () => {
  test('replay tells how much it read, and the sinks get it', async (t) => {
    const dir = await scratch(t)
    const [data, out] = [join(dir, 'data'), join(dir, 'out.ndjson')]
    const result = await cli([
      'replay',
      lifecycle,
      `file:${out}?format=raw&every=0s`,
      '--data',
      data,
    ])
    assert.equal(result.code, 0)
    assert.equal(result.stdout, '')
    assert.match(result.stderr, /^221 events in .* 182 entries added, 66 passed over, 0 lines und/m)
    const lines = (await readFile(out, 'utf8')).trimEnd().split('\n')
    assert.equal(lines.filter((line) => line.includes('"Action":"die"')).length, 16)

    const again = await cli(['replay', lifecycle, '--data', data])
    assert.match(again.stderr, / 0 entries added/, 'a repeated trace adds nothing')
  })

  test('events in all four forms, filtered, limited, from either end', async (t) => {
    const data = await replayedJournal(t)
    const events = async (...args: string[]): Promise<string[]> => {
      const { code, stdout, stderr } = await cli(['events', '--data', data, ...args])
      assert.deepEqual([code, stderr], [0, ''])
      return stdout.trimEnd().split('\n')
    }
    const table = await events('action:die')
    assert.match(table[0]!, /^SEQ +TIME +SUBJECT +EVENT +DETAIL +IMAGE$/)
    assert.equal(table.length, 17)
    assert.match(table[1]!, /^\d+ +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} +\S+ +died \d+/)

    const ndjson = await events('action:die', '-o', 'ndjson')
    const entries = ndjson.map((line) => JSON.parse(line) as { seq: number; time: string })
    assert.equal(entries.length, 16)
    for (const line of ndjson) assert.equal(decodeEntry(line).kind, 'record')

    const json = JSON.parse((await events('action:die', '-o', 'json')).join('')) as unknown[]
    assert.deepEqual(json, entries)

    const csv = await events('action:die', '-o', 'csv')
    assert.deepEqual(
      csv.slice(1).map((line) => Number(line.split(',')[0])),
      entries.map(({ seq }) => seq),
    )

    const newest = await events('action:die', '-o', 'ndjson', '--reverse', '--limit', '2')
    assert.deepEqual(newest, ndjson.toReversed().slice(0, 2))

    const since = ['--since', '2026-11-22T14:49:54Z', '--until', '2026-11-22T14:49:54.5Z']
    const some = await events('action:die', '-o', 'ndjson', ...since)
    assert.deepEqual(
      some,
      ndjson.filter((line) => line.includes('"time":"17953589943')),
    )
  })

  test('--exit-code tells whether there was any; --follow has no end to name', async (t) => {
    const data = await replayedJournal(t)
    const code = async (...args: string[]): Promise<number> =>
      (await cli(['events', '--data', data, '--exit-code', ...args])).code
    assert.equal(await code('action:die', '--limit', '1'), 10)
    assert.equal(await code('name:nobody'), 0)
    assert.equal(await code('--follow', '--until', 'now'), 2)
    assert.equal(await code('--follow', '--reverse'), 2)
  })

  test('nothing found is no error, and is told beside the data', async (t) => {
    const data = await replayedJournal(t)
    const none = (...args: string[]) => cli(['events', 'name:nobody', '--data', data, ...args])
    assert.deepEqual(await none(), {
      code: 0,
      stdout: '',
      stderr: 'no such events in the journal\n',
    })
    assert.deepEqual(await none('-o', 'json'), { code: 0, stdout: '[]\n', stderr: '' })
  })
})

suite('sinks', () => {
  test('list, rewind, drain: what is sent again arrives again', async (t) => {
    const out = join(await scratch(t), 'out.ndjson')
    const uri = `file:${out}?name=out&every=0s`
    const data = await replayedJournal(t, uri)
    const rows = async (): Promise<{ readonly pending: number }[]> => {
      const { stdout } = await cli(['sinks', '--data', data, '-o', 'json'])
      return JSON.parse(stdout) as { readonly pending: number }[]
    }
    const count = async (): Promise<number> => (await readFile(out, 'utf8')).split('\n').length - 1

    const [row] = await rows()
    const empty = { sink: 'out', state: null, pending: 0, deadLetters: 0, dropped: 0 }
    assert.deepEqual({ ...row, ...empty }, row)
    const before = await count()

    const rewound = await cli(['sinks', 'rewind', 'out', '--to', '10', '--data', data])
    assert.match(rewound.stderr, new RegExp(`^out is at 10 now: ${before - 10} entries will be`))
    assert.equal((await rows())[0]!.pending, before - 10)

    const alone = await cli(['sinks', 'drain', '--data', data])
    assert.equal(alone.code, 2, 'nobody here knows how to deliver to it')
    assert.match(alone.stderr, /not configured here: out \(\d+ waiting\); give the configuration/)

    const drained = await cli(['sinks', 'drain', uri, '--data', data])
    assert.equal(drained.code, 0, drained.stderr)
    assert.ok((await count()) >= 2 * before - 10)
    assert.equal((await rows())[0]!.pending, 0)

    const since = await cli(['sinks', 'rewind', 'out', '--since', '2026-11-22', '--data', data])
    assert.equal(since.code, 0)
  })

  test('a sink nobody has heard of is named, with those there are', async (t) => {
    const dir = await scratch(t)
    const data = await replayedJournal(t, `file:${join(dir, 'o')}?name=out&every=0s`)
    for (const args of [
      ['sinks', 'rewind', 'uot', '--to', '0'],
      ['sinks', 'drain', 'uot'],
      ['dead-letters', 'retry', 'uot'],
      ['dead-letters', 'drop', 'uot', '--yes'],
    ]) {
      const { code, stderr } = await cli([...args, '--data', data])
      assert.equal(code, 2, args.join(' '))
      assert.match(stderr, /^auditor: the journal knows no sink "uot".*out/)
    }
  })

  test('a sink that is away: drain gives up in time and says what is left', async (t) => {
    const dir = await scratch(t)
    const data = await replayedJournal(t, `file:${join(dir, 'o')}?name=x&every=0s`)
    await cli(['sinks', 'rewind', 'x', '--to', '0', '--data', data])
    const away = 'http://127.0.0.1:1/?name=x'
    const args = ['sinks', 'drain', away, '--timeout', '100ms', '--data', data]
    const { code, stderr } = await cli(args, { AUDITOR_LOG__LEVEL: 'silent' })
    assert.equal(code, 6)
    assert.match(stderr, /ended before everything was delivered; still waiting: x \(\d+\)\n$/)
  })

  test('a journal that no sink has used: nothing waits', async (t) => {
    const data = await replayedJournal(t)
    const { code, stderr } = await cli(['sinks', 'drain', '--data', data])
    assert.deepEqual([code, stderr], [0, 'no sink has used this journal yet: nothing waits\n'])
  })
})

test('dead letters: made by a sink that refuses, listed with the reason, dropped, retried', async (t) => {
  let status = 400
  await using server = await serveHttp((request, response) => {
    request.resume().on('end', () => response.writeHead(status).end('no such \u001b[31mfield'))
  })
  const data = join(await scratch(t), 'data')
  const uri = `${server.url}/?name=picky&every=0s&filter=action:die`
  const letters = (...args: string[]) => cli(['dead-letters', ...args, '--data', data])

  const replayed = await cli(['replay', lifecycle, uri, '--data', data], {
    AUDITOR_LOG__LEVEL: 'silent',
  })
  assert.equal(replayed.code, 6, 'what was refused was not delivered')
  assert.match(replayed.stderr, /picky refused 16 entries; see why with: auditor dead-letters list/)

  const table = await letters()
  assert.equal(table.stdout.trimEnd().split('\n').length, 17)
  assert.match(table.stdout, /^picky +\d+ +.* died \d+ +the server answered 400: no such/m)
  assert.ok(!table.stdout.includes('\u001b'))
  const listed = (await letters('list', 'picky', '-o', 'ndjson')).stdout.trimEnd().split('\n')
  const seqs = listed.map((line) => (JSON.parse(line) as { seq: number }).seq)
  assert.equal(seqs.length, 16)

  const some = await letters('drop', 'picky', '--seq', String(seqs[0]), String(seqs[1]))
  assert.equal(some.stderr, '2 dead letters dropped\n')
  status = 200
  assert.match((await letters('retry', 'picky')).stderr, /^14 dead letters will be given to picky/)
  const drained = await cli(['sinks', 'drain', 'picky', uri, '--data', data])
  assert.equal(drained.code, 0, drained.stderr)
  assert.deepEqual(await letters(), { code: 0, stdout: '', stderr: 'no dead letters\n' })
})
