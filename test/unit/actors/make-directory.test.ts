import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { makeDirectory } from '../../../src/actors/make-directory.ts'

async function scratch(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'make-directory-'))
  t.after(() => rm(dir, { recursive: true }))
  return dir
}

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

test('makes what is missing, with its mode, and leaves what is there', async (t) => {
  const dir = await scratch(t)
  await makeDirectory(join(dir, 'a/b/c'), 0o700)
  assert.equal(await modeOf(join(dir, 'a')), 0o700)
  assert.equal(await modeOf(join(dir, 'a/b/c')), 0o700)
  await mkdir(join(dir, 'there'), { mode: 0o750 })
  await makeDirectory(join(dir, 'there'), 0o700)
  assert.equal(await modeOf(join(dir, 'there')), 0o750)
  await symlink('there', join(dir, 'link'))
  await makeDirectory(join(dir, 'link/d/'))
  await makeDirectory(join(dir, 'new/../there/e'))
  assert.ok((await stat(join(dir, 'there/d'))).isDirectory())
  assert.ok((await stat(join(dir, 'there/e'))).isDirectory())
  for (const existing of ['/', '.', dir]) await makeDirectory(existing)
})

test('many at once make the same', async (t) => {
  const path = join(await scratch(t), 'a/b/c/d')
  await Promise.all(Array.from({ length: 20 }, () => makeDirectory(path)))
  assert.ok((await stat(path)).isDirectory())
})

test('says what the system refuses', async (t) => {
  const dir = await scratch(t)
  await writeFile(join(dir, 'file'), '')
  await assert.rejects(makeDirectory(join(dir, 'file')), { code: 'EEXIST' })
  await assert.rejects(makeDirectory(join(dir, 'file/below/it')), { code: 'ENOTDIR' })
  await symlink('nowhere', join(dir, 'dangling'))
  await assert.rejects(makeDirectory(join(dir, 'dangling')), { code: 'EEXIST' })
  await assert.rejects(makeDirectory(''), { code: 'ENOENT' })
})

test(
  'gives up where a directory exists that takes no children',
  { skip: process.platform === 'linux' ? false : 'there is no /proc' },
  async () => {
    await assert.rejects(makeDirectory('/proc/x'), { code: 'ENOENT' })
    await assert.rejects(makeDirectory('/proc/x/y'), { code: 'ENOENT', path: '/proc/x' })
  },
)
