import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { startAgent } from '../support/agent-process.ts'
import { cli, scratch } from '../support/cli.ts'
import { containerPrefix, docker, dockerEngine } from '../support/docker.ts'
import { eventually } from '../support/eventually.ts'
import { requirePeer } from '../support/peers.ts'
import { serveHttp } from '../support/servers.ts'

interface Posted {
  readonly alerts: readonly { rule: string; state: string; opening: string; group: string }[]
}

test('a container that crashes on the real engine is told to a webhook that fails at first, and then told to be over', async (t) => {
  const engine = await requirePeer(t, dockerEngine)
  if (engine === undefined) return
  const { socket, image } = engine
  const name = `${containerPrefix(t)}crash`
  const dir = await scratch(t)
  const data = join(dir, 'data')
  const posted: Posted['alerts'][number][] = []
  let asked = 0
  await using server = await serveHttp((request, response) => {
    asked += 1
    const isFirst = asked === 1
    const answer = (body: string): void => {
      if (!isFirst) posted.push(...(JSON.parse(body) as Posted).alerts)
      response.writeHead(isFirst ? 500 : 200).end()
    }
    text(request).then(answer, () => response.destroy())
  })
  const config = join(dir, 'auditor.yaml')
  await writeFile(
    config,
    `alerts: [{ name: crashed, when: 'kind:life cause:crashed name:${name}', cooldown: 3s }]\n` +
      `sinks: { hook: { type: webhook, url: '${server.url}/secret', every: 0s } }\n`,
  )
  await using agent = startAgent(
    ['run', '-c', config, '--docker', `unix://${socket}`, '--data', data, '--listen', 'off'], // prettier-ignore
  )
  await agent.says(/connected to Docker/)
  await docker('run', '--name', name, image, 'sh', '-c', 'exit 3').catch(() => undefined)

  await eventually(
    'it is over',
    async () => posted.find(({ state }) => state === 'resolved'),
    60_000,
  )
  assert.deepEqual(
    posted.map(({ rule, state, group }) => [rule, state, group]),
    [
      ['crashed', 'firing', name],
      ['crashed', 'resolved', name],
    ],
  )
  assert.equal(posted[0]!.opening, posted[1]!.opening)

  const { stdout } = await cli(['alerts', '-c', config, '--data', data, '-o', 'ndjson'])
  const row = JSON.parse(stdout) as { rule: string; state: string; fired: number }
  assert.deepEqual([row.rule, row.state, row.fired], ['crashed', 'quiet', 1])
  const tried = await cli([
    'alerts',
    'test',
    'crashed',
    '-c',
    config,
    '--data',
    data,
    '-o',
    'ndjson',
  ])
  assert.match(tried.stderr, /hook: told/)
  assert.equal((JSON.parse(tried.stdout) as { fired: number }).fired, 1)
  const nobody = await cli(['alerts', 'test', 'crahsed', '-c', config, '--data', data])
  assert.equal(nobody.code, 2)
  assert.match(nobody.stderr, /did you mean "crashed"/)
})
