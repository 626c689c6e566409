import assert from 'node:assert/strict'
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import * as fc from 'fast-check'
import type { Delivery } from '../../../../src/model/delivery.ts'
import type { Sequenced } from '../../../../src/model/entry.ts'
import { createFileSink, fileKind, type FileOptions } from '../../../../src/sinks/file/file.ts'
import type { Sink } from '../../../../src/sinks/sink.ts'
import { plainRecord } from '../../../support/entries.ts'
import { runs } from '../../../support/property.ts'
import { filesOf, linesOf } from '../../../support/rotated-files.ts'
import { run } from '../../../support/run.ts'

const signal = new AbortController().signal

function sinkAt(path: string, options: Partial<FileOptions> = {}): Sink {
  return createFileSink(
    {
      path,
      format: 'raw',
      keep: 5,
      gzip: false,
      batch: 100,
      every: 0,
      timeout: 1000,
      ...options,
    },
    'archive',
  )
}

const records = (from: number, count: number): Sequenced[] =>
  Array.from({ length: count }, (_, at) => ({ ...plainRecord(from + at), seq: from + at }))

const rawLines = (entries: readonly Sequenced[]): string[] =>
  entries.map((entry) => (entry.kind === 'record' ? entry.event.line : ''))

async function deliver(sink: Sink, entries: readonly Sequenced[]): Promise<Delivery> {
  return sink.deliver({ entries }, signal)
}

async function delivered(sink: Sink, entries: readonly Sequenced[]): Promise<void> {
  assert.deepEqual(await deliver(sink, entries), { status: 'delivered' })
}

describe('file sink', () => {
  let directory = ''
  let count = 0
  const fresh = (): string => join(directory, String(count++), 'a.ndjson')

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'auditor-file-'))
  })
  after(() => rm(directory, { recursive: true }))

  test('makes the directories, writes lines, keeps others out', async () => {
    const path = fresh()
    const sink = sinkAt(path)
    await sink.open?.(signal)
    await delivered(sink, records(1, 3))
    assert.deepEqual(await linesOf(path), rawLines(records(1, 3)))
    assert.equal((await stat(path)).mode & 0o007, 0)
    await sink.close?.()
  })

  describe('a last line that a crash left torn', () => {
    for (const [what, tail, expected] of [
      ['the beginning of a line of ours is cut', '{"Type":"cont', []],
      ['cut within a character', Buffer.from('{"name":"ž').subarray(0, -1), []],
      ['a whole one gets its end', '{"whole":"řádek"}', ['{"whole":"řádek"}']],
      ['what is not ours is kept and ended', '# a comment', ['# a comment']],
      ['one longer than any buffer is cut', `{"a":"${'x'.repeat(200_000)}`, []],
    ] as const) {
      test(what, async () => {
        const path = fresh()
        await mkdir(join(path, '..'), { recursive: true })
        await writeFile(path, '{"first":1}\n')
        await appendFile(path, tail)
        const sink = sinkAt(path)
        await delivered(sink, records(1, 2))
        await sink.close?.()
        const lines = await linesOf(path)
        assert.deepEqual(lines, ['{"first":1}', ...expected, ...rawLines(records(1, 2))])
      })
    }
  })

  test('whatever the batches, sizes and cuts: every line is whole and every entry is there', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat({ max: 400 }), { maxLength: 8 }),
        fc.integer({ min: 1024, max: 3000 }),
        fc.boolean(),
        async (batches, cuts, rotate, gzip) => {
          const path = fresh()
          const expected: string[] = []
          let next = 1
          for (const [at, size] of batches.entries()) {
            const sink = sinkAt(path, { rotate, gzip, keep: 1000 })
            const entries = records(next, size)
            next += size
            await delivered(sink, entries)
            expected.push(...rawLines(entries))
            await sink.close?.()
            // A crash in the midst of the next batch: some of its bytes are there.
            const torn = `${rawLines(records(next, 1))[0]}`.slice(0, cuts[at] ?? 0)
            if (torn !== '' && torn.length < rawLines(records(next, 1))[0]!.length) {
              await appendFile(path, torn)
            }
          }
          const last = sinkAt(path, { rotate, gzip, keep: 1000 })
          await delivered(last, records(next, 1))
          await last.close?.()
          assert.deepEqual(await linesOf(path), [...expected, ...rawLines(records(next, 1))])
        },
      ),
      runs(25),
    )
  })

  describe('rotation', () => {
    test('no file exceeds the size, names sort by age, only some are kept', async () => {
      const path = fresh()
      const sink = sinkAt(path, { rotate: 2048, keep: 3 })
      await delivered(sink, records(1, 40))
      await delivered(sink, records(41, 40))
      await sink.close?.()
      const files = await filesOf(path)
      assert.equal(files.length, 4)
      for (const file of files) assert.ok((await stat(file)).size <= 2048)
      const lines = await linesOf(path)
      assert.deepEqual(lines, rawLines(records(1, 80)).slice(-lines.length))
    })

    test('a line larger than a file has one of its own', async () => {
      const path = fresh()
      const sink = sinkAt(path, { rotate: 1024, keep: 100 })
      const large = { ...plainRecord(2, { label: 'x'.repeat(5000) }), seq: 2 }
      const entries = [...records(1, 1), large, ...records(3, 1)]
      await delivered(sink, entries)
      await sink.close?.()
      assert.deepEqual(await linesOf(path), rawLines(entries))
      assert.equal((await filesOf(path)).length, 3)
    })

    test('rotated files are compressed, also what a crash left uncompressed', async () => {
      const path = fresh()
      await mkdir(join(path, '..'), { recursive: true })
      await writeFile(`${path}.000007`, '{"left":"over"}\n')
      await writeFile(`${path}.000007.gz.tmp`, 'half')
      await writeFile(`${path}.notes`, 'not ours\n')
      const sink = sinkAt(path, { rotate: 2048, keep: 100, gzip: true })
      await delivered(sink, records(1, 20))
      await sink.close?.()
      await rm(`${path}.notes`)
      const names = (await filesOf(path)).map((file) => basename(file))
      assert.deepEqual(names.slice(0, 2), ['a.ndjson.000007.gz', 'a.ndjson.000008.gz'])
      assert.equal(names.at(-1), 'a.ndjson')
      assert.deepEqual(await linesOf(path), ['{"left":"over"}', ...rawLines(records(1, 20))])
    })
  })

  test('a path with a time: each entry goes to the file of its own day, in UTC', async () => {
    const folder = join(directory, String(count++))
    const sink = sinkAt(join(folder, '%Y', '%m-%d.100%%.ndjson'))
    const night = [...records(86_398, 4), ...records(86_399, 1)]
    await delivered(sink, night)
    await sink.close?.()
    const lines = rawLines(night)
    const [first, second] = [
      join(folder, '2026', '11-22.100%.ndjson'),
      join(folder, '2026', '11-23.100%.ndjson'),
    ]
    assert.deepEqual(await linesOf(first), [lines[0], lines[1], lines[4]])
    assert.deepEqual(await linesOf(second), [lines[2], lines[3]])
  })

  test('a file that somebody moved away is begun anew', async () => {
    const path = fresh()
    const sink = sinkAt(path)
    await delivered(sink, records(1, 2))
    await rename(path, `${path}-moved`)
    await delivered(sink, records(3, 2))
    await sink.close?.()
    assert.equal((await readFile(`${path}-moved`, 'utf8')).split('\n').length, 3)
    assert.deepEqual(await linesOf(path), rawLines(records(3, 2)))
  })

  describe('says why it cannot', () => {
    test('a directory in the way', async () => {
      const path = fresh()
      await mkdir(path, { recursive: true })
      const delivery = await deliver(sinkAt(path), records(1, 1))
      assert.ok(delivery.status === 'retry')
      assert.equal(delivery.cause.message, `cannot write ${path}: a directory is in the way`)
      await assert.rejects(sinkAt(path).open!(signal), /a directory is in the way/)
    })

    test('a file where a directory should be', async () => {
      const path = fresh()
      await mkdir(join(path, '..'), { recursive: true })
      await writeFile(path, '')
      const delivery = await deliver(sinkAt(join(path, 'b.ndjson')), records(1, 1))
      assert.ok(delivery.status === 'retry')
      assert.match(delivery.cause.message, /^cannot write .*(ENOTDIR|EEXIST)/)
    })

    test('a pipe nobody reads does not block it', async () => {
      const path = fresh()
      await mkdir(join(path, '..'), { recursive: true })
      await run('mkfifo', [path])
      const delivery = await deliver(sinkAt(path), records(1, 1))
      assert.ok(delivery.status === 'retry')
      assert.match(delivery.cause.message, /not a regular file/)
    })
  })

  describe('options', () => {
    const parse = (options: object) => fileKind.options.safeParse({ path: '/a', ...options })

    test('come as text from a URI', () => {
      const { data } = parse({
        rotate: '100MiB',
        keep: '5',
        gzip: 'true',
        format: 'raw',
        batch: '7',
      })
      assert.deepEqual(data, {
        path: '/a',
        rotate: 104_857_600,
        keep: 5,
        gzip: true,
        format: 'raw',
        batch: 7,
        every: 1000,
        timeout: 60_000,
      })
    })

    test('are checked', () => {
      assert.match(String(parse({ path: '/a/%x' }).error), /unknown pattern %x/)
      assert.match(String(parse({ path: '' }).error), /path/)
      assert.match(String(parse({ format: 'xml' }).error), /ecs, otel, raw/)
      assert.match(String(parse({ rotation: '1MiB' }).error), /rotation/)
    })
  })
})
