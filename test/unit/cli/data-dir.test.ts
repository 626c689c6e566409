import assert from 'node:assert/strict'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { dataDir } from '../../../src/cli/data-dir.ts'
import { scratch } from '../../support/cli.ts'

test('what was asked for comes first', () => {
  assert.equal(dataDir('/asked', { XDG_STATE_HOME: '/state' }), '/asked')
})

test('the system directory where it can be written or made', async (t) => {
  const dir = await scratch(t)
  assert.equal(dataDir(undefined, {}, dir), dir)
  assert.equal(dataDir(undefined, {}, join(dir, 'new')), join(dir, 'new'))
})

test("else the user's state directory", async (t) => {
  const unusable = join(await scratch(t), 'missing/new')
  assert.equal(dataDir(undefined, { XDG_STATE_HOME: '/state' }, unusable), '/state/auditor')
  const usual = join(homedir(), '.local/state/auditor')
  assert.equal(dataDir(undefined, { XDG_STATE_HOME: '' }, unusable), usual)
  assert.equal(dataDir(undefined, {}, unusable), usual)
})
