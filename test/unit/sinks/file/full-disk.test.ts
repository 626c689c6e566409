import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createFileSink } from '../../../../src/sinks/file/file.ts'
import { plainRecord } from '../../../support/entries.ts'
import { linesOf } from '../../../support/rotated-files.ts'
import { run } from '../../../support/run.ts'

const skip = (await canMount()) ? false : 'only root can mount a small file system'

test('on a full disk nothing is torn, and it goes on when there is room', { skip }, async () => {
  const mount = await mkdtemp(join(tmpdir(), 'auditor-full-'))
  await run('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', mount])
  try {
    const path = join(mount, 'a.ndjson')
    const settings = {
      path,
      format: 'raw',
      keep: 5,
      gzip: false,
      batch: 9,
      every: 0,
      timeout: 1000,
    } as const
    const sink = createFileSink(settings, 'archive')
    const entry = { ...plainRecord(1, { label: 'x'.repeat(3000) }), seq: 1 }
    const batch = { entries: Array.from({ length: 9 }, () => entry) }
    const { signal } = new AbortController()
    await writeFile(join(mount, 'other'), Buffer.alloc(100 * 1024))
    let written = 0
    let delivery = await sink.deliver(batch, signal)
    for (; delivery.status === 'delivered'; delivery = await sink.deliver(batch, signal))
      written += 9
    assert.ok(written > 0)
    assert.ok(delivery.status === 'retry')
    assert.equal(delivery.cause.message, `cannot write ${path}: no space left on the disk (ENOSPC)`)
    assert.equal((await linesOf(path)).length, written)
    await rm(join(mount, 'other'))
    assert.deepEqual(await sink.deliver(batch, signal), { status: 'delivered' })
    assert.equal((await linesOf(path)).length, written + 9)
    await sink.close?.()
  } finally {
    await run('umount', [mount])
    await rm(mount, { recursive: true })
  }
})

async function canMount(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false
  return run('unshare', ['--mount', 'true']).then(
    () => true,
    () => false,
  )
}
