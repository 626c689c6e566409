import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { agentIdentity } from '../../../../src/agent/agent-identity.ts'
import type { Health } from '../../../../src/agent/health.ts'
import { createApp } from '../../../../src/web/app.ts'
import { listen, type RunningServer } from '../../../../src/web/server.ts'
import { cli, replayedJournal, scratch } from '../../../support/cli.ts'
import { fakeDocker } from '../../../support/fake-docker.ts'
import { freePort } from '../../../support/ports.ts'
import { serveHttp } from '../../../support/servers.ts'

const well: Health = {
  state: 'ok',
  reasons: [],
  engines: [],
  writer: { appended: 0, repeated: 0, groups: 0 },
  journal: { entries: 0, firstSeq: 1, lastSeq: 0, bytes: 0, damaged: 0 },
  sinks: [],
}

/** Endpoints as an agent of this data directory has them. */
function serveAgent(dir: string, health: Partial<Health>): Promise<RunningServer> {
  const app = createApp({
    agent: agentIdentity(dir, '1.2.3'),
    health: () => Promise.resolve({ ...well, ...health }),
    metrics: () => Promise.resolve(''),
    metricsContentType: 'text/plain',
  })
  return listen(app, { host: '127.0.0.1', port: 0 })
}

const addressOf = ({ url }: { readonly url: string }): string => new URL(url).host

suite('healthcheck', () => {
  test('0 while events are recorded, also with a sink away; 1 while they are not', async (t) => {
    const dir = await scratch(t)
    for (const [state, reasons, code] of [
      ['ok', [], 0],
      ['degraded', ['sink es is away'], 0],
      ['failing', ['not connected to Docker'], 1],
    ] as const) {
      await using agent = await serveAgent(dir, { state, reasons })
      const result = await cli(['healthcheck', '--listen', addressOf(agent)])
      const stdout = `${[state, ...reasons].join('\n')}\n`
      assert.deepEqual(result, { code, stdout, stderr: '' })
    }
  })

  test('the wildcard addresses are asked on loopback', async (t) => {
    await using agent = await serveAgent(await scratch(t), {})
    const { port } = new URL(agent.url)
    assert.equal((await cli(['healthcheck', '--listen', `0.0.0.0:${port}`])).code, 0)
    assert.equal((await cli(['healthcheck'], { AUDITOR_LISTEN: port })).code, 0)
  })

  test('something else that answers there is no agent', async () => {
    await using other = await serveHttp((_, response) => response.end('hello'))
    const { code, stderr } = await cli(['healthcheck', '--listen', addressOf(other)])
    assert.equal(code, 1)
    assert.match(stderr, /^auditor: what answers at http:\/\/127\.0\.0\.1:\d+ is no agent\n$/)
  })
})

suite('sinks list', () => {
  const state = async (data: string, address: string): Promise<readonly [unknown, string]> => {
    const args = ['sinks', '--data', data, '--listen', address, '-o', 'json']
    const { stdout, stderr } = await cli(args)
    const [row] = JSON.parse(stdout) as { state: unknown; lastError: unknown }[]
    return [row?.state, stderr]
  }

  test("knows the states from this journal's agent, and from no other", async (t) => {
    const uri = `file:${join(await scratch(t), 'out')}?name=out&every=0s`
    const [mine, others] = [await replayedJournal(t, uri), await replayedJournal(t, uri)]
    const counts = { delivered: 0, refused: 0, skipped: 0, retries: 1, confirmed: 0 }
    const sinks = [{ name: 'out', state: 'retrying' as const, lastError: 'disk full', ...counts }]
    await using agent = await serveAgent(mine, { sinks })
    const address = addressOf(agent)

    assert.deepEqual(await state(mine, address), ['retrying', ''])
    const table = await cli(['sinks', '--data', mine, '--listen', address])
    assert.match(table.stdout, /^out +retrying .* disk full$/m)

    const [unknown, said] = await state(others, address)
    assert.equal(unknown, null)
    assert.match(said, /has another journal \(.*\): states are not known\n$/)
    await using other = await serveHttp((_, response) => response.end('{}'))
    assert.match((await state(mine, addressOf(other)))[1], /is no agent: states are not known/)
    const nobody = `127.0.0.1:${await freePort()}`
    assert.match((await state(mine, nobody))[1], /^no agent answers at .*: states are not known/)
  })
})

suite('doctor', () => {
  test('all well: a line for each thing, exit 0', async (t) => {
    const { url } = await fakeDocker(t)
    const dir = await scratch(t)
    await using sink = await serveHttp((_, response) => response.end())
    const listens = `127.0.0.1:${await freePort()}`
    const args = ['doctor', '--data', join(dir, 'data'), '--docker', url, '--listen', listens]
    const { code, stdout, stderr } = await cli([...args, `${sink.url}/?name=hook`, 'stdout:'])
    assert.deepEqual([code, stderr], [0, ''], stdout)
    assert.deepEqual(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/)[0]),
      [
        '✔ auditor',
        '✔ configuration',
        '✔ docker',
        '✔ data',
        '✔ address',
        '✔ sink hook',
        '✔ sink stdout',
      ],
    )
    assert.match(stdout, /Docker 29\.0\.0 \(API 1\.52\) on fake-host/)
    assert.match(stdout, /data {2,}\S+, \d+\.\d GiB free/)
  })

  test('what is wrong is said with the cure, and the first wrong thing is the exit code', async (t) => {
    const { url } = await fakeDocker(t)
    const data = join(await scratch(t), 'data')
    await using other = await serveHttp((_, response) => response.end('hello'))
    const away = `logstash://127.0.0.1:${await freePort()}?name=away`
    const free = ['--data', data, '--listen', 'off']

    const sink = await cli(['doctor', '--docker', url, ...free, away])
    assert.match(sink.stdout, /^✖ sink away +connect ECONNREFUSED/m)
    assert.equal(sink.code, 5)

    const docker = await cli(['doctor', '--docker', 'unix:///nowhere.sock', ...free, away])
    assert.match(docker.stdout, /^✖ docker .*unix:\/\/\/nowhere\.sock: there is no such socket/m)
    assert.equal(docker.code, 4)

    const taken = ['--docker', url, '--data', data, '--listen', addressOf(other)]
    const address = await cli(['doctor', ...taken])
    assert.match(address.stdout, /^✖ address .*something else listens there; choose another/m)
    assert.equal(address.code, 1)
  })

  test('an agent that listens there is told', async (t) => {
    const { url } = await fakeDocker(t)
    const data = await replayedJournal(t)
    await using agent = await serveAgent(data, {})
    const args = ['doctor', '--data', data, '--docker', url, '--listen', addressOf(agent)]
    const { code, stdout } = await cli(args)
    assert.match(
      stdout,
      new RegExp(`the agent with pid ${process.pid} answers, journal in ${data}`),
    )
    assert.equal(code, 0)
  })
})
