import assert from 'node:assert/strict'
import { link, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { agentIdentity, journalIdentity } from '../../../src/agent/agent-identity.ts'
import { scratch } from '../../support/cli.ts'

test('a journal is the same by every path that leads to it, and no other', async (t) => {
  const dir = await scratch(t)
  for (const name of ['a', 'b', 'mounted']) await mkdir(join(dir, name))
  await writeFile(join(dir, 'a/journal.db'), '')
  await writeFile(join(dir, 'b/journal.db'), '')
  await link(join(dir, 'a/journal.db'), join(dir, 'mounted/journal.db'))
  await symlink(join(dir, 'a'), join(dir, 'linked'))
  const identity = (name: string): string | undefined => journalIdentity(join(dir, name))
  assert.match(identity('a')!, /^\d+:\d+$/)
  assert.equal(identity('linked'), identity('a'))
  assert.equal(identity('mounted'), identity('a'))
  assert.notEqual(identity('b'), identity('a'))
  assert.equal(identity('none'), undefined)
  assert.deepEqual(agentIdentity(join(dir, 'a'), '1'), {
    version: '1',
    pid: process.pid,
    data: join(dir, 'a'),
    journal: identity('a'),
  })
})
