import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { suite, test, type TestContext } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { reseal } from '../../../support/journal/reseal.ts'
import { cli, replayedJournal, scratch } from '../../../support/cli.ts'

/** As somebody would who has the file, and knows how it is kept. */
function tamper(data: string, sql: string): void {
  using db = new DatabaseSync(join(data, 'journal.db'))
  db.exec(sql)
  reseal(db)
}

suite('verify', () => {
  test('what nobody touched is whole, for people and for programs', async (t) => {
    const data = await replayedJournal(t)
    const told = await cli(['verify', '--data', data])
    assert.equal(told.code, 0)
    assert.match(
      told.stdout,
      /^✔ journal \S+: entries 1 to \d+ follow from each other, \d+ anchors? among them\n {2}epoch [0-9a-f]{16}, hash of \d+: [0-9a-f]{64}\n$/,
    )
    const asked = await cli(['verify', '--data', data, '-o', 'json'])
    const { sound, trail, sinks } = JSON.parse(asked.stdout) as {
      readonly sound: boolean
      readonly trail: { readonly from: number; readonly breaks: unknown[]; readonly head: string }
      readonly sinks: unknown[]
    }
    assert.deepEqual([sound, trail.from, trail.breaks, sinks], [true, 1, [], []])
    assert.ok(told.stdout.includes(trail.head))
  })

  test('the first break and what is still proven are named, and it exits with 7', async (t) => {
    const data = await replayedJournal(t)
    tamper(data, `UPDATE entries SET body = replace(body, '"die"', '"eat"') WHERE seq = 100`)
    tamper(data, 'UPDATE entries SET hash = zeroblob(32) WHERE seq = 120')
    tamper(data, 'DELETE FROM entries WHERE seq = 140')
    tamper(data, `UPDATE entries SET body = body || ' ' WHERE seq = 110`)
    const { code, stdout } = await cli(['verify', '--data', data])
    assert.equal(code, 7)
    assert.match(
      stdout,
      /^✖ journal \S+: entries 1 to \d+ \(\d+ are there\) are broken in [34] plac/,
    )
    assert.match(
      stdout,
      /first break: entry 1\d\d changed: its hash does not match its text \(2026-/,
    )
    assert.match(stdout, /entry 140 missing: it is not there/)
    assert.match(stdout, /still proven: 1 to \d+, .*, 142 to \d+$/m)
  })

  test('an end that was cut off is told, though the rest is whole', async (t) => {
    const data = await replayedJournal(t)
    tamper(data, 'DELETE FROM entries WHERE seq > 100')
    const { code, stdout } = await cli(['verify', '--data', data])
    assert.equal(code, 7)
    assert.match(stdout, /first break: entries 101 to \d+ cut off: the end is not there/)
    assert.match(stdout, /still proven: 1 to 100$/m)
  })

  test('what can not be verified is told with the cure', async (t) => {
    const data = await replayedJournal(t, `file:${join(await scratch(t), 'raw.ndjson')}?format=raw`)
    const dir = await scratch(t)
    const fails = async (args: readonly string[], message: RegExp): Promise<void> => {
      const { code, stderr } = await cli(['verify', '--data', data, ...args])
      assert.equal(code, 2, stderr)
      assert.match(stderr, message)
    }
    await fails(['--sink', 'searhc'], /no sink "searhc" is configured here .*--config, or the URI/)
    await fails(['--sink', 'x', '--file', 'y'], /--sink compares the journal with a sink/)
    await fails(['--sink', `file:${dir}/other.ndjson`], /has delivered nothing to .*but to: /)
    await fails(['--sink', 'stdout:'], /has delivered nothing to "stdout"/)
    const none = await cli(['verify', '--file', join(dir, 'none')])
    assert.equal(none.code, 1)
    assert.match(none.stderr, /cannot read \S+none: no such file \(ENOENT\)/)
  })
})

suite('export, and verify what was exported', () => {
  const exported = async (t: TestContext, data: string, name: string, ...args: string[]) => {
    const file = join(await scratch(t), name)
    const { code, stderr } = await cli(['export', '--data', data, file, ...args])
    assert.equal(code, 0, stderr)
    return { file, stderr }
  }

  test('a file, packed or not, is whole; another is not written over', async (t) => {
    const data = await replayedJournal(t)
    const { file, stderr } = await exported(t, data, 'trail.ndjson')
    assert.match(stderr, /^\d+ entries in \S+; up to \d+, whose hash is [0-9a-f]{64}$/m)
    const packed = await exported(t, data, 'trail.ndjson.gz')
    assert.equal(gunzipSync(await readFile(packed.file)).toString(), await readFile(file, 'utf8'))
    for (const each of [file, packed.file]) {
      const { code, stdout } = await cli(['verify', '--file', each])
      assert.equal(code, 0, stdout)
    }
    const again = await cli(['export', '--data', data, file])
    assert.equal(again.code, 2)
    assert.match(again.stderr, /is there already: name a new file/)
  })

  test('parts that follow each other are each whole, and begin where the one before ends', async (t) => {
    const data = await replayedJournal(t)
    const part = await exported(t, data, 'b.ndjson', '--after', '100')
    const { code, stdout } = await cli(['verify', '--file', part.file])
    assert.equal(code, 0, stdout)
    assert.match(stdout, /entries 101 to \d+ follow/)
    const beyond = await cli(['export', '--data', data, '--after', '99999'])
    assert.equal(beyond.code, 2)
    assert.match(beyond.stderr, /the journal has no entry 99999 to go on from: it holds 1 to \d+/)
  })

  test('a changed line, a packed file cut short, and no export at all', async (t) => {
    const data = await replayedJournal(t)
    const { file } = await exported(t, data, 'trail.ndjson')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace(String.raw`\"die\"`, String.raw`\"eat\"`))
    const changed = await cli(['verify', '--file', file])
    assert.equal(changed.code, 7)
    assert.match(changed.stdout, /first break: entry \d+ changed: its hash does not match its text/)

    const packed = await exported(t, data, 'trail.ndjson.gz')
    const bytes = await readFile(packed.file)
    await writeFile(packed.file, bytes.subarray(0, bytes.length - 2_000))
    const cut = await cli(['verify', '--file', packed.file])
    assert.equal(cut.code, 7)
    assert.match(cut.stdout, /cut off: it can't be unpacked any further/)

    await writeFile(file, 'a letter\nto nobody\n')
    const other = await cli(['verify', '--file', file])
    assert.equal(other.code, 7)
    assert.match(other.stdout, /no export of Auditor/)
    await writeFile(file, '')
    assert.equal((await cli(['verify', '--file', file])).code, 7)
  })
})

suite('verify what a file sink has', () => {
  test('it agrees; a line that is changed, and one that is gone, are found', async (t) => {
    const out = join(await scratch(t), 'out.ndjson')
    const sink = `file:${out}`
    const data = await replayedJournal(t, sink)
    const whole = await cli(['verify', '--data', data, '--sink', sink])
    assert.equal(whole.code, 0, whole.stdout + whole.stderr)
    assert.match(whole.stdout, /✔ sink \S+: (\d+) of \1 agree with the journal\n/)
    assert.match(whole.stdout, /the journal is proven by it up to entry \d+/)

    const lines = (await readFile(out, 'utf8')).trimEnd().split('\n')
    const edited = lines.map((line, at) =>
      at === 50 ? line.replace('"kind":"event"', '"kind":"metric"') : line,
    )
    await writeFile(out, `${edited.toSpliced(70, 1).join('\n')}\n`)
    const changed = await cli(['verify', '--data', data, '--sink', sink])
    assert.equal(changed.code, 7)
    assert.match(changed.stdout, /^✔ journal/)
    assert.match(
      changed.stdout,
      /first break: entry 51 changed in the sink: its event.kind is anot/,
    )
    assert.match(
      changed.stdout,
      /entry 71 missing in the sink: the journal has it, and the sink conf/,
    )
  })

  test('a chain that was computed anew, or cut off, does not agree with it', async (t) => {
    const sink = `file:${join(await scratch(t), 'out.ndjson')}`
    const data = await replayedJournal(t, sink)
    tamper(data, 'DELETE FROM entries WHERE seq > 90')
    tamper(
      data,
      `UPDATE meta SET next_seq = 91, head_hash = (SELECT hash FROM entries WHERE seq = 90);
       UPDATE cursors SET confirmed = 90`,
    )
    assert.equal((await cli(['verify', '--data', data])).code, 0, 'the journal alone can not tell')
    const { code, stdout } = await cli(['verify', '--data', data, '--sink', sink])
    assert.equal(code, 7)
    assert.match(stdout, /first break: entries 91 to \d+ cut off: the sink has what stood behind/)
  })
})
