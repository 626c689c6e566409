import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'
import { cli, replayedJournal, scratch } from '../support/cli.ts'
import { start, startCli } from '../support/cli-process.ts'
import { eventually } from '../support/eventually.ts'
import { fakeDocker, publishLife } from '../support/fake-docker.ts'
import { freePort } from '../support/ports.ts'
import { serveHttp, serveTcp } from '../support/servers.ts'

const nowhere = 'unix:///nowhere.sock'

/** Entries of a journal, as `events` gives them. */
async function eventsOf(data: string, filter: string): Promise<readonly string[]> {
  const { stdout } = await cli(['events', filter, '--data', data, '-o', 'ndjson'])
  return stdout.split('\n').filter((line) => line !== '')
}

async function dataDir(t: TestContext): Promise<string> {
  return join(await scratch(t), 'data')
}

suite('processes', { concurrency: 2 }, () => {
  test('npm start: where it listens, where its journal is, what it waits for', async (t) => {
    const begun = performance.now()
    const agent = start(
      t,
      ['start'],
      { AUDITOR_DATA: await dataDir(t), AUDITOR_LISTEN: '127.0.0.1:0', DOCKER_HOST: nowhere },
      'npm',
    )
    await agent.says(
      /waiting for Docker at unix:\/\/\/nowhere\.sock: there is no such socket: start/,
    )
    t.diagnostic(`said everything after ${Math.round(performance.now() - begun)} ms (aim: 3000)`)
    assert.match(agent.stderr, /listening on http:\/\/127\.0\.0\.1:\d+/)
    assert.match(agent.stderr, /journal in \/.*data: 1 entries/)
    assert.match(agent.stderr, /no sinks/)
    agent.signal('SIGINT')
    await agent.ended
    assert.match(agent.stderr, /"ended"/)
  })

  test('run records until SIGTERM, then ends with 0; twice at once is once', async (t) => {
    const { fake, url } = await fakeDocker(t)
    const data = await dataDir(t)
    const out = join(data, 'out.ndjson')
    const agent = startCli(t, ['run', '--docker', url, '--data', data, `file:${out}`])
    await agent.says(/connected to Docker/)
    publishLife(fake, 'c1')
    agent.signal('SIGTERM')
    agent.signal('SIGTERM') // as where npm passes on what it got itself
    assert.equal(await agent.ended, 0, agent.stderr)
    assert.equal(agent.stdout, '')
    assert.doesNotMatch(agent.stderr, /"error"/)
    const delivered = await readFile(out, 'utf8')
    const ends = await eventsOf(data, 'kind:marker')
    assert.match(ends.at(-2)!, /agent-stopped/)
    assert.match(ends.at(-1)!, /anchor/)
    assert.match(delivered, /agent-stopped/)
  })

  test('a second signal ends at once what still tries to deliver', async (t) => {
    const { url } = await fakeDocker(t)
    const away = `logstash://127.0.0.1:${await freePort()}?name=away`
    const agent = startCli(t, ['run', '--docker', url, '--data', await dataDir(t), away])
    await agent.says(/sink away is away/)
    let over: unknown
    void agent.ended.then((code) => (over = code))
    agent.signal('SIGTERM')
    await agent.says(/ending: tries away \(\d+ waiting\) for 7 s more/)
    const begun = performance.now()
    await eventually('it ends', () => {
      agent.signal('SIGTERM')
      return Promise.resolve(over)
    })
    assert.equal(over, 143)
    assert.ok(performance.now() - begun < 7_000)
  })

  test('one agent a directory: the second is refused and told the pid of the first', async (t) => {
    const data = await dataDir(t)
    const args = ['run', '--data', data, '--docker', nowhere]
    const first = startCli(t, args)
    await first.says(/waiting for Docker/)
    const second = startCli(t, args)
    assert.equal(await second.ended, 1)
    const said = second.stderr.trimEnd().split('\n').at(-1)!
    assert.match(said, new RegExp(`^auditor: .* is in use by another auditor \\(pid ${first.pid} `))
    assert.match(said, /: stop it, or choose another place with --data or AUDITOR_DATA$/)
    assert.equal((await cli(['events', '--data', data])).code, 0, 'readers are welcome')
  })

  test('record writes a trace that replay reads', async (t) => {
    const { fake, url } = await fakeDocker(t)
    const dir = await scratch(t)
    const trace = join(dir, 'trace')
    const recording = startCli(t, ['record', trace, '--docker', url])
    await eventually('it listens', () =>
      Promise.resolve(fake.core.subscribers > 0 ? true : undefined),
    )
    publishLife(fake, 'c1')
    const file = join(trace, 'events.ndjson')
    await eventually('it is written', async () =>
      (await readFile(file, 'utf8').catch(() => '')).includes('"destroy"') ? true : undefined,
    )
    recording.signal('SIGINT')
    assert.equal(await recording.ended, 0)
    assert.match(
      recording.stderr,
      /^4 events and \d inspect answers in .*trace; 0 not asked, 0 lost/m,
    )

    const again = startCli(t, ['record', trace, '--docker', url])
    assert.equal(await again.ended, 2)
    assert.match(again.stderr, /exists already: choose a new folder\n$/)

    const data = join(dir, 'data')
    assert.equal((await cli(['replay', trace, '--data', data])).code, 0)
    const kept = await eventsOf(data, 'name:name-c1 kind:record')
    assert.equal(kept.length, 4)
    assert.match(kept[0]!, /"enrichment":"fresh".*"envNames":\["PASSWORD"\]/)
    assert.doesNotMatch(kept.join('\n'), /swordfish/)
  })

  test('no secret of the configuration is logged or told', async (t) => {
    const { url } = await fakeDocker(t)
    await using refusing = await serveHttp((request, response) => {
      // A server that repeats what it was sent.
      request.resume().on('end', () => {
        response.writeHead(403).end(`no: ${JSON.stringify(request.headers)}`)
      })
    })
    const port = await freePort()
    const { host } = new URL(refusing.url)
    const agent = startCli(t, [
      'run',
      `--docker=${url}`,
      `--data=${await dataDir(t)}`,
      `--listen=127.0.0.1:${port}`,
      '--log-level=debug',
      `http://user:hunter2@${host}/?name=basic`,
      `http://bearer:hunter2@${host}/?name=bearer`,
      `elastic+http://user:hunter2@${host}?name=es`,
      `elastic+http://${host}?apiKey=hunter2&name=key`,
    ])
    for (const name of ['basic', 'bearer', 'es', 'key'])
      await agent.says(new RegExp(`sink ${name} is away`))
    const paths = ['readyz', 'metrics', 'livez', '']
    const told = await Promise.all(
      paths.map(async (path) => (await fetch(`http://127.0.0.1:${port}/${path}`)).text()),
    )
    for (const text of [agent.stderr, agent.stdout, ...told])
      for (const secret of [
        'hunter2',
        'aHVudGVyMg',
        Buffer.from('user:hunter2').toString('base64'),
      ])
        assert.ok(!text.includes(secret), text)
  })

  test('beside a running agent: states of its sinks, and drain leaves the work to it', async (t) => {
    const { fake, url } = await fakeDocker(t)
    const received: string[] = []
    await using server = await serveTcp((socket) =>
      socket.setEncoding('utf8').on('data', (text: string) => received.push(text)),
    )
    const [data, port] = [await dataDir(t), await freePort()]
    const listen = ['--listen', `127.0.0.1:${port}`]
    const uri = `logstash://127.0.0.1:${server.port}?name=stash&every=0s`
    const agent = startCli(t, ['run', '--docker', url, '--data', data, ...listen, uri])
    await agent.says(/connected to Docker/)
    publishLife(fake, 'c1')
    await eventually('it is recorded', async () =>
      (await eventsOf(data, 'name:name-c1 action:destroy')).length > 0 ? true : undefined,
    )
    const drained = await cli(['sinks', 'drain', 'stash', '--data', data])
    assert.equal(drained.code, 0, drained.stderr)
    assert.match(drained.stderr, /^a running agent delivers; waiting for it\n/)
    assert.match(received.join(''), /name-c1/)
    const listed = await cli(['sinks', '--data', data, ...listen])
    assert.match(listed.stdout, /^stash +(idle|delivering) /m)
    assert.equal(listed.stderr, '')
    assert.equal((await cli(['healthcheck', ...listen])).stdout, 'ok\n')
  })
})

suite('what keeps run from starting is one line with the cure, exit 1', () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stderr, stdout } = await cli(['run', '--docker', nowhere, ...args])
    assert.deepEqual([code, stdout], [1, ''], stderr)
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr)
    return stderr
  }

  test('a port in use', async (t) => {
    await using other = await serveHttp(() => undefined)
    const { host } = new URL(other.url)
    const said = await refused('--listen', host, '--data', await dataDir(t))
    assert.match(said, /^auditor: cannot listen on .*: the port is taken; choose another address/)
  })

  test('a journal of a newer version', async (t) => {
    const data = await replayedJournal(t)
    const db = new DatabaseSync(join(data, 'journal.db'))
    db.exec('PRAGMA user_version = 99')
    db.close()
    const said = await refused('--listen', 'off', '--data', data)
    assert.match(said, /is of version 99, this program knows versions up to \d+: use the newer/)
  })

  const noSys = process.platform === 'linux' ? false : 'there is no /sys'
  test('a directory nobody may write', { skip: noSys }, async () => {
    const said = await refused('--listen', 'off', '--data', '/sys/auditor')
    assert.match(said, /cannot write to \/sys\/auditor: (permission denied|.*read-only); choose/)
  })
})
