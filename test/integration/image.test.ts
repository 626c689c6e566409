import assert from 'node:assert/strict'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { containerPrefix, docker, dockerEngine, type DockerPeer } from '../support/docker.ts'
import { eventually } from '../support/eventually.ts'
import { ensureNodeImage } from '../support/node-image.ts'
import { requirePeer } from '../support/peers.ts'

const root = join(import.meta.dirname, '../..')
const image = `auditor-test/auditor:${process.pid}`
let base = ''

before(async () => {
  if ('missing' in (await dockerEngine.find())) return
  base = await ensureNodeImage()
  await docker(
    'build',
    '--force-rm',
    '--build-arg',
    `BASE=${base}`,
    '--build-arg',
    'VERSION=9.8.7',
    '--tag',
    image,
    root,
  )
})

after(async () => {
  if (base !== '') await docker('image', 'rm', '--force', image)
})

const words = (text: string): string[] => text.split(' ')

/** As the compose file starts it: no rights, nothing writable but the volume and /tmp. */
async function start(
  t: TestContext,
  engine: DockerPeer,
  options: readonly string[],
  args: readonly string[],
): Promise<string> {
  const name = `${containerPrefix(t)}auditor`
  const group = String((await stat(engine.socket)).gid)
  const rights = words('--read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges')
  const health = words('--health-interval 1s')
  await docker(
    ...words(`run --detach --name ${name} --group-add ${group}`),
    ...rights,
    ...health,
    ...options,
    image,
    ...args,
  )
  return name
}

const inspect = (of: string, format: string): Promise<string> =>
  docker('inspect', '--format', format, of)

function healthy(name: string): Promise<true> {
  return eventually(`${name} is healthy`, async () => {
    if ((await inspect(name, '{{.State.Running}}')) !== 'true')
      throw new Error(`it ended: ${await docker('logs', name)}`)
    return (await inspect(name, '{{.State.Health.Status}}')) === 'healthy' ? true : undefined
  })
}

/** SIGTERM as `docker stop` sends it: the exit code, and how long it took. */
async function stop(name: string): Promise<{ readonly code: string; readonly ms: number }> {
  const began = performance.now()
  await docker('stop', '--time', '20', name)
  return { ms: performance.now() - began, code: await inspect(name, '{{.State.ExitCode}}') }
}

test('the image: small, non-root, without development tools', async (t) => {
  const engine = await requirePeer(t, dockerEngine)
  if (engine === undefined) return
  const beyondBase =
    Number(await inspect(image, '{{.Size}}')) - Number(await inspect(base, '{{.Size}}'))
  t.diagnostic(`${(beyondBase / 1e6).toFixed(1)} MB beyond the base`)
  assert.ok(beyondBase <= 150e6, `${beyondBase} bytes beyond the base`)
  assert.equal(await inspect(image, '{{.Config.User}}'), '10001:10001')
  assert.equal(
    await inspect(image, '{{json .Config.Healthcheck.Test}}'),
    '["CMD","auditor","healthcheck"]',
  )
  assert.equal(
    await inspect(image, '{{index .Config.Labels "org.opencontainers.image.version"}}'),
    '9.8.7',
  )
  const shell = (script: string): Promise<string> =>
    docker('run', '--rm', '--network', 'none', '--entrypoint', 'sh', image, '-c', script)
  assert.equal(await shell('stat -c %u:%g /var/lib/auditor'), '10001:10001')
  assert.equal(await shell('ls -d /opt/auditor/node_modules/typescript 2>/dev/null || true'), '')
  assert.equal(await shell('ls -d /opt/auditor/node_modules/node 2>/dev/null || true'), '')
})

test('it runs the command it is given', async (t) => {
  const engine = await requirePeer(t, dockerEngine)
  if (engine === undefined) return
  const said = await docker('run', '--rm', '--network', 'none', '--read-only', image, 'version')
  assert.match(said, /\d+\.\d+\.\d+/)
})

test('beside a real engine: healthy, not root, ends within 8 s of SIGTERM', async (t) => {
  const engine = await requirePeer(t, dockerEngine)
  if (engine === undefined) return
  const socket = `--volume ${engine.socket}:/var/run/docker.sock`
  const name = await start(t, engine, words(`--network none ${socket}`), [])
  await healthy(name)
  assert.equal(await docker('exec', name, 'id', '-u'), '10001')
  assert.equal(await docker('exec', name, 'auditor', 'healthcheck').then(() => 'passed'), 'passed')
  const ended = await stop(name)
  assert.equal(ended.code, '0', await docker('logs', name))
  assert.ok(ended.ms < 8000, `it took ${ended.ms} ms`)
})

test("the seed's way: /tmp/docker.sock and a bare logstash://", async (t) => {
  const engine = await requirePeer(t, dockerEngine)
  if (engine === undefined) return
  const prefix = containerPrefix(t)
  const receiver = `${prefix}receiver`
  const listening = words(`run --detach --name ${receiver} --network none ${engine.image}`)
  const netcat = words('nc -ll -p 5959 -e sh -c')
  await docker(...listening, ...netcat, 'exec cat >/proc/1/fd/1')
  // The receiver's loopback is shared.
  const network = `--network container:${receiver}`
  const socket = `--volume ${engine.socket}:/tmp/docker.sock`
  const name = await start(t, engine, words(`${network} ${socket}`), ['logstash://'])
  await healthy(name)
  await docker('run', '--rm', '--name', `${prefix}seen`, '--network', 'none', engine.image, 'true')
  await eventually('the receiver has the container', async () => {
    const lines = await docker('logs', receiver)
    return lines.includes(`${prefix}seen`) ? true : undefined
  })
  assert.equal((await stop(name)).code, '0')
})
