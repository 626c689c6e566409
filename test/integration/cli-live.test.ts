import assert from 'node:assert/strict'
import { rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { decodeEntry } from '../../src/model/entry-codec.ts'
import { cli, replayedJournal, scratch } from '../support/cli.ts'
import { startCli } from '../support/cli-process.ts'
import { eventually } from '../support/eventually.ts'
import { fakeDocker, publishLife } from '../support/fake-docker.ts'
import { freePort } from '../support/ports.ts'

suite('looking on', { concurrency: 2 }, () => {
  test('a reader that goes away ends events and watch, and is no error', async (t) => {
    const data = await replayedJournal(t)
    const events = startCli(t, ['events', '--data', data, '-o', 'ndjson'])
    await events.says(/^\{"seq"/)
    events.closeStdout()
    assert.deepEqual([await events.ended, events.stderr], [0, ''])

    const { fake, url } = await fakeDocker(t)
    const watch = startCli(t, ['watch', '--docker', url])
    await eventually('it listens', () =>
      Promise.resolve(fake.core.subscribers > 0 ? true : undefined),
    )
    publishLife(fake, 'c1')
    await watch.says(/name-c1 .* removed/)
    watch.closeStdout()
    await eventually('it ends', () => {
      publishLife(fake, `after-${fake.core.now()}`)
      return Promise.race([watch.ended, Promise.resolve(undefined)])
    })
    assert.equal(await watch.ended, 0)
  })

  test('watch shows lives as they happen, until Ctrl-C', async (t) => {
    const { fake, url } = await fakeDocker(t)
    publishLife(fake, 'before')
    const args = [
      'watch',
      '--raw',
      '--docker',
      url,
      '--since',
      '1h',
      'type:container',
      'NOT',
      'action:create',
    ]
    const watch = startCli(t, args)
    await watch.says(/name-before .* removed/)
    publishLife(fake, 'c1')
    await watch.says(/name-c1 .* removed/)
    watch.signal('SIGINT')
    assert.equal(await watch.ended, 0)
    const shown = watch.stdout.trimEnd().split('\n')
    assert.equal(shown.length, 6, watch.stdout)
    assert.match(shown[4]!, /^\d\d:\d\d:\d\d\.\d{3} {2}name-c1 +died 0 +cause completed +busybox$/)
    assert.match(watch.stderr, /^6 shown · 0 health-check events hidden · 0 lost$/m)
  })

  test('watch tells of a stop, a crash or a whole short life in one line', async (t) => {
    const { fake, url } = await fakeDocker(t)
    const watch = startCli(t, ['watch', '--docker', url, 'action:die'])
    await eventually('it listens', () =>
      Promise.resolve(fake.core.subscribers > 0 ? true : undefined),
    )
    publishLife(fake, 'c1')
    await watch.says(/name-c1/)
    watch.signal('SIGINT')
    assert.equal(await watch.ended, 0)
    assert.match(
      watch.stdout,
      /^\d\d:\d\d:\d\d\.\d{3} {2}name-c1 +completed +exit 0 · ran \d+m?s · removed +busybox\n$/,
    )
    assert.match(watch.stderr, /^1 shown · /m)
  })

  test('events --follow shows what is recorded beside it, until Ctrl-C; --exit-code says whether there was any', async (t) => {
    const data = await replayedJournal(t)
    const args = [
      'events',
      '--data',
      data,
      '-f',
      '--since',
      '2026-11-22',
      '-o',
      'json',
      '--exit-code',
    ]
    const [all, none] = [startCli(t, args), startCli(t, [...args, 'name:nobody'])]
    const limited = startCli(t, [
      'events',
      '--data',
      data,
      '-f',
      '--since',
      '2026-11-22',
      '--limit',
      '3',
    ])
    assert.equal(await limited.ended, 0)
    assert.match(limited.stdout, /^SEQ +TIME +SUBJECT +EVENT +DETAIL +IMAGE\n(.+\n){3}$/)

    const { fake, url } = await fakeDocker(t)
    const agent = startCli(t, ['run', '--data', data, '--docker', url, '--listen', 'off'])
    await eventually('it listens', () =>
      Promise.resolve(fake.core.subscribers > 0 ? true : undefined),
    )
    publishLife(fake, 'c1')
    await all.says(/"Action":"destroy".*"name":"name-c1"/) // the journal has destroys of others
    for (const each of [all, none, agent]) each.signal('SIGINT')
    assert.deepEqual([await all.ended, await none.ended, await agent.ended], [10, 0, 0])
    const told = JSON.parse(all.stdout) as { readonly seq: number }[]
    assert.equal(new Set(told.map(({ seq }) => seq)).size, told.length, 'each once')
    assert.ok(told.length > 171, 'what there was, and what came')
    assert.deepEqual(JSON.parse(none.stdout), [])
  })

  const setAside: { readonly [how: string]: (data: string) => Promise<unknown> } = {
    'by the agent, since it is no database any more': (data) =>
      Promise.all(
        ['', '-wal'].map(async (suffix) => {
          const file = join(data, `journal.db${suffix}`)
          await writeFile(file, Buffer.alloc((await stat(file)).size, 'noise'), { flag: 'r+' })
        }),
      ),
    'by hand': (data) =>
      Promise.all(
        ['', '-wal', '-shm'].map((suffix) =>
          rename(join(data, `journal.db${suffix}`), join(data, `away.db${suffix}`)),
        ),
      ),
  }
  for (const [how, spoil] of Object.entries(setAside)) {
    test(`events --follow goes on with the journal that is begun where its own is set aside ${how}`, async (t) => {
      const data = await replayedJournal(t)
      const follow = startCli(t, ['events', '--data', data, '-f', '-o', 'ndjson', '--exit-code'])
      const { fake, url } = await fakeDocker(t)
      const run = ['run', '--data', data, '--docker', url, '--listen', 'off']
      const first = startCli(t, run)
      await follow.says(/"marker":"engine-connected"/)
      first.signal('SIGTERM')
      assert.equal(await first.ended, 0)
      await spoil(data)
      const second = startCli(t, run)
      await follow.says(/"marker":"journal-begun"/)
      publishLife(fake, 'c2')
      await follow.says(/"Action":"destroy".*"name":"name-c2"/)
      for (const each of [follow, second]) each.signal('SIGINT')
      assert.deepEqual([await follow.ended, await second.ended], [10, 0])
      assert.match(
        follow.stderr,
        /^(?:[^\n]*; waiting for a journal that can be read\n)?the journal was set aside and another begun, [^\n]*\n$/,
      )
      const seqs = follow.stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { readonly seq: number }).seq)
      const begun = seqs.indexOf(1)
      assert.deepEqual(
        seqs.slice(begun),
        seqs.slice(begun).map((_, at) => at + 1),
        'all of the new one, in its order',
      )
    })
  }

  test('tap shows what passes a stage of a running agent, and ends with it', async (t) => {
    const { fake, url } = await fakeDocker(t)
    const listen = ['--listen', `127.0.0.1:${await freePort()}`]
    const away = await cli(['tap', 'source', ...listen])
    assert.equal(away.code, 1)
    assert.match(
      away.stderr,
      /^auditor: no agent answers at .*; is it running, and does --listen name/,
    )
    assert.match(
      (await cli(['tap', 'sorce'])).stderr,
      /there is no stage "sorce", did you mean "source"\?/,
    )

    const data = join(await scratch(t), 'data')
    const agent = startCli(t, ['run', '--data', data, '--docker', url, ...listen])
    await agent.says(/listening on/)
    const one = startCli(t, [
      'tap',
      'enrich',
      'action:die',
      '-o',
      'ndjson',
      '--limit',
      '1',
      ...listen,
    ])
    const all = startCli(t, ['tap', 'source', ...listen])
    await eventually('they listen', () => {
      publishLife(fake, `c-${fake.core.now()}`)
      const isSeen = one.stdout !== '' && all.stdout.includes('removed')
      return Promise.resolve(isSeen ? true : undefined)
    })
    assert.equal(await one.ended, 0)
    assert.equal(decodeEntry(one.stdout.trimEnd()).kind, 'record')
    assert.match(one.stderr, /^1 shown · 0 dropped$/m)
    agent.signal('SIGTERM')
    assert.equal(await agent.ended, 0)
    await all.ended
    assert.match(all.stdout, /died 0/)
  })
})
