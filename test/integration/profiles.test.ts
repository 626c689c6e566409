import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startAgent } from '../support/agent-process.ts'
import { containerPrefix, docker, dockerEngine, testImage } from '../support/docker.ts'
import { elasticsearch } from '../support/elasticsearch.ts'
import { eventually } from '../support/eventually.ts'
import { requirePeer } from '../support/peers.ts'
import { serveTcp } from '../support/servers.ts'
import { tcpReceiver } from '../support/tcp-receiver.ts'

const IMAGE_NAME = testImage.split('/').at(-1)!.split(':')[0]!

interface Inspected {
  readonly Id: string
  readonly NetworkSettings: {
    readonly IPAddress: string
    readonly Ports: { readonly [port: string]: readonly { readonly HostPort: string }[] }
  }
}

const inspected = async (name: string): Promise<Inspected> =>
  (JSON.parse(await docker('inspect', name)) as Inspected[])[0]!

/** A line of the old program for a port that is published on 127.0.0.1. */
function lineOf(
  action: string,
  name: string,
  service: string,
  port: string,
  { Id, NetworkSettings }: Inspected,
  more: { readonly tags?: string; readonly attrs?: string; readonly last?: string } = {},
): string {
  const { tags = '[]', attrs = '{}', last = '' } = more
  const [number, protocol] = port.split('/')
  const published = NetworkSettings.Ports[port]![0]!.HostPort
  return (
    `{"container_name":"${service}","action":"${action}","info":{"ID":"${hostname()}:${name}:${number}${protocol === 'udp' ? ':udp' : ''}",` +
    `"Name":"${service}","Port":${published},"IP":"127.0.0.1","Tags":${tags},"Attrs":${attrs},"TTL":0,` +
    `"Origin":{"HostPort":"${published}","HostIP":"127.0.0.1","ExposedPort":"${number}",` +
    `"ExposedIP":"${NetworkSettings.IPAddress}","PortType":"${protocol}","ContainerHostname":"h","ContainerID":"${Id}"${last}}}}`
  )
}

/** Keeps what comes, one text a connection, as a receiver of codec json takes it. */
async function messages() {
  const got: string[] = []
  const server = await serveTcp((socket) => {
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    // What only connects, as a question whether it is there, says nothing.
    socket.on('end', () => (text === '' ? 0 : got.push(text)))
  })
  return Object.assign(server, { got })
}

async function scratch(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'auditor-profiles-'))
  t.after(() => rm(dir, { recursive: true }))
  return dir
}

for (const profile of ['auditor-2015', 'registrator-7'] as const) {
  test(`${profile}: a real engine's containers, byte for byte`, async (t) => {
    if ((await requirePeer(t, dockerEngine)) === undefined) return
    const receivers = await requirePeer(t, tcpReceiver)
    if (receivers === undefined) return
    const dir = await scratch(t)
    await using raw = await messages()
    await using rsyslog = await receivers.open()
    await rsyslog.start()
    const prefix = containerPrefix(t)
    const publish = ['-p', '127.0.0.1::80', '-p', '127.0.0.1::53/udp']
    const env = ['SERVICE_TAGS=a,b', 'SERVICE_NOTE=<&>', 'SERVICE_53_TOKEN=swordfish', 'DB=hunter2']
    const create = (name: string): Promise<string> =>
      docker(
        'run',
        '-d',
        '--hostname',
        'h',
        '--name',
        name,
        '--stop-timeout',
        '0',
        ...publish,
        ...env.flatMap((variable) => ['-e', variable]),
        testImage,
        'sleep',
        '1000',
      )
    const [early, late] = [`${prefix}early`, `${prefix}late`]
    await create(early)
    await using agent = startAgent([
      '--profile',
      profile,
      '--data',
      dir,
      '--listen',
      'off',
      '--filter',
      `name:${prefix}*`,
      `logstash://127.0.0.1:${raw.port}`,
      `logstash://127.0.0.1:${rsyslog.port}`,
      '-retry-attempts=3',
    ])
    await eventually('early is told', async () => (raw.got.length === 2 ? true : undefined))
    const facts: { readonly [name: string]: Inspected } = {
      [early]: await inspected(early),
      [late]: (await create(late), await inspected(late)),
    }
    await docker('stop', late)
    const isOld = profile === 'auditor-2015'
    const more = (udp: boolean) => ({
      tags: `[${isOld ? '"a","b"' : '"b","a"'}${udp ? ',"udp"' : ''}]`,
      attrs: `{"note":"\\u003c\\u0026\\u003e"${udp ? ',"token":"[redacted]"' : ''}}`,
      last: isOld ? '' : ',"ContainerName":""',
    })
    const expected = [
      ['start', early] as const,
      ['start', late] as const,
      ['stop', late] as const,
    ].flatMap(([action, name]) =>
      ['80/tcp', '53/udp'].map(
        (port) =>
          `${lineOf(action, name, `${IMAGE_NAME}-${port.split('/')[0]}`, port, facts[name]!, more(port.endsWith('udp')))}\n`,
      ),
    )
    await eventually('all is told', async () =>
      raw.got.length >= expected.length ? true : undefined,
    )
    assert.deepEqual(raw.got.toSorted(), expected.toSorted())
    const parsed = await eventually('rsyslog has them', async () => {
      const documents = await rsyslog.received()
      return documents.length >= expected.length ? documents : undefined
    })
    const sorted = (values: readonly unknown[]): readonly string[] =>
      values.map((value) => JSON.stringify(value)).toSorted()
    assert.deepEqual(sorted(parsed), sorted(expected.map((line) => JSON.parse(line) as unknown)))
    assert.equal(await agent.stop(), 0)
    for (const file of await readdir(dir)) {
      const bytes = await readFile(join(dir, file), 'latin1')
      assert.ok(!bytes.includes('hunter2') && !bytes.includes('swordfish'), file)
    }
  })
}

test('elastic: with a profile is the data stream containers, each service once', async (t) => {
  if ((await requirePeer(t, dockerEngine)) === undefined) return
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const dir = await scratch(t)
  const prefix = containerPrefix(t)
  const args = ['--profile', 'auditor-2015', '--data', dir, '--listen', 'off']
  const filter = ['--filter', `name:${prefix}*`]
  const name = `${prefix}es`
  await docker('run', '-d', '--hostname', 'h', '--name', name, '-p', '127.0.0.1::80', testImage, 'sleep', '1000') // prettier-ignore
  const facts = await inspected(name)
  await using agent = startAgent([...args, ...filter, `elastic+${node.url}`], {
    TZ: 'Asia/Kolkata',
  })
  const search = async (query: object) => {
    await node.call('POST', 'containers/_refresh').catch(() => undefined) // is it there?
    const found = await node.call('POST', 'containers/_search', { query }).catch(() => undefined)
    return (found as { hits: { hits: { _source: { [field: string]: string } }[] } } | undefined)
      ?.hits.hits
  }
  await eventually('the start is there', async () =>
    (await search({ match_all: {} }))?.length === 1 ? true : undefined,
  )
  await docker('rm', '-f', name)
  const both = await eventually('the stop is there', async () => {
    const found = await search({ term: { 'container_name.raw': IMAGE_NAME } })
    return found !== undefined && found.length >= 2 ? found : undefined
  })
  for (const [at, action] of ['start', 'stop'].entries()) {
    const { _source: source } = both.toSorted(({ _source: a }, { _source: b }) => a['action']! < b['action']! ? -1 : 1)[at]! // prettier-ignore
    const { '@timestamp': time, ...rest } = source
    assert.match(time ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+05:30$/)
    const { info } = JSON.parse(lineOf(action, name, IMAGE_NAME, '80/tcp', facts)) as { info: object } // prettier-ignore
    assert.deepEqual(rest, { container_name: IMAGE_NAME, action, message: JSON.stringify(info) })
  }
  // Analysed text finds a word of it.
  assert.equal((await search({ match: { message: facts.Id } }))?.length, 2)
  // As a data stream's, by the template; this Elasticsearch has no question for more.
  const template = JSON.stringify(await node.call('GET', '_index_template/auditor-containers'))
  assert.match(template, /"lifecycle":\{[^}]*"data_retention":"1d"/)
  const settings = JSON.stringify(await node.call('GET', 'containers/_settings'))
  assert.match(settings, /^\{"\.ds-containers-.*"refresh_interval":"5s"/)
  assert.match(JSON.stringify(await node.call('GET', 'containers/_mapping')), /"geo_point"/)
  assert.equal(await agent.stop(), 0)
})
