import { rmSync, statfsSync } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { peer } from './peers.ts'
import { run } from './run.ts'

/** A file system of its own, which a test fills up and frees. */
export interface SmallDisk {
  readonly path: string
  freeBytes(): number
  /** Somebody else takes what is free: to the last byte, or all but so many. */
  fill(leave?: number): Promise<void>
  /** What `fill` took is free again. */
  free(): void
}

/** Whether `mountSmallDisk` can be had here. */
export const smallDisk = peer<object>('a small file system', async () => {
  if (process.getuid?.() !== 0) return { missing: 'only root can mount one' }
  return run('unshare', ['--mount', 'true']).then(
    () => ({}),
    () => ({ missing: 'none may be mounted here' }),
  )
})

export async function mountSmallDisk(
  t: Pick<TestContext, 'after'>,
  mebibytes: number,
): Promise<SmallDisk> {
  const path = await mkdtemp(join(tmpdir(), 'auditor-disk-'))
  await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path])
  t.after(async () => {
    await run('umount', ['--lazy', path])
    await rm(path, { recursive: true })
  })
  const ballast = join(path, 'ballast')
  const freeBytes = (): number => {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  }
  return {
    path,
    freeBytes,
    async fill(leave = 0) {
      const file = await open(ballast, 'a')
      try {
        for (let bytes = 1024 * 1024; bytes >= 4096 && freeBytes() > leave;) {
          // A write that does not fit is cut short, or refused.
          const written = await file.write(Buffer.alloc(bytes)).catch(() => undefined)
          if (written?.bytesWritten !== bytes) bytes /= 2
        }
      } finally {
        await file.close()
      }
    },
    free: () => rmSync(ballast, { force: true }),
  }
}
