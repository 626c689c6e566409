import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { scratch } from '../support/cli.ts'
import { start, type CliProcess } from '../support/cli-process.ts'
import { eventually } from '../support/eventually.ts'
import { fakeDocker, publishLife } from '../support/fake-docker.ts'
import type { FakeEngine } from '../../src/testing/fake-engine.ts'

const listening = (fake: FakeEngine): Promise<boolean> =>
  eventually('it listens', () => Promise.resolve(fake.core.subscribers > 0 ? true : undefined))

async function ended(example: CliProcess): Promise<void> {
  example.signal('SIGINT')
  assert.equal(await example.ended, 0, example.stderr)
  assert.equal(example.stderr, '')
}

test('oom-kills prints a line for each container that runs out of memory', async (t) => {
  const { fake, url } = await fakeDocker(t)
  fake.addContainer({ id: 'hog', name: 'hog' })
  const example = start(t, ['examples/oom-kills.ts'], { DOCKER_HOST: url })
  await listening(fake)
  publishLife(fake, 'well')
  fake.core.publish({ action: 'oom', id: 'hog', attributes: { name: 'hog', image: 'busybox' } })
  await example.says(/hog ran out of memory/)
  await ended(example)
  assert.match(
    example.stdout,
    /^\d{4}-\d\d-\d\dT[\d:.]+Z {2}hog ran out of memory \(limit: none\)\n$/,
  )
})

test('custom-sink counts deaths by image, and none twice after a restart', async (t) => {
  const { fake, url } = await fakeDocker(t)
  const dir = join(await scratch(t), 'journal')
  const counted = async (what: RegExp): Promise<void> => {
    const example = start(t, ['examples/custom-sink.ts', dir], { DOCKER_HOST: url })
    await listening(fake)
    publishLife(fake, `life-${fake.core.now()}`)
    await example.says(what)
    await ended(example)
    assert.equal(example.stdout.trimEnd().split('\n').at(-1), '{"busybox":1}')
  }
  await counted(/^\{"busybox":1\}$/m)
  // The counter itself begins anew; what the first one counted is not given out again.
  await counted(/^\{"busybox":1\}$/m)
})
