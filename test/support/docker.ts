import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { peer } from './peers.ts'
import { run } from './run.ts'

/** The small image of the tests: busybox and nothing else. `ensureImage` makes it. */
export const testImage = 'auditor-test/busybox:1'

/** Where the tests' engine listens: as `DOCKER_HOST` says, else Docker's own default. */
export const dockerSocket = (process.env['DOCKER_HOST'] ?? '/var/run/docker.sock').replace(
  /^unix:\/\//,
  '',
)

export interface DockerPeer {
  readonly socket: string
  /** The engine's version, such as `20.10.24`. */
  readonly version: string
  readonly image: string
}

/** The Docker engine of this machine, with the test image in it. */
export const dockerEngine = peer<DockerPeer>('a Docker engine', async () => {
  let version: string
  try {
    version = await docker('version', '--format', '{{.Server.Version}}')
  } catch (error) {
    const detail = (error as Error).message.trim().split('\n').at(-1)
    return { missing: `${detail} (cure: install docker.io and start dockerd, or run .ci/run)` }
  }
  await ensureImage()
  return { socket: dockerSocket, version, image: testImage }
})

/** Runs the docker client; answers its standard output without the last newline. */
export async function docker(...args: string[]): Promise<string> {
  // Engine 20.10 has only the classic builder, and newer clients must be told so.
  const { stdout } = await run('docker', args, { env: { DOCKER_BUILDKIT: '0' } })
  return stdout.replace(/\n$/, '')
}

/**
 * Imports `testImage` from Debian's busybox-static, unless the engine has it; nothing is pulled.
 *
 * @param host another engine than the tests' own: `unix:///path`
 */
export async function ensureImage(host?: string): Promise<string> {
  const at = host === undefined ? [] : ['--host', host]
  if ((await docker(...at, 'image', 'ls', '--quiet', testImage)) !== '') return testImage
  const busybox = (await run('sh', ['-c', 'command -v busybox'])).stdout.trim()
  const applets = (await run(busybox, ['--list'])).stdout.trim().split('\n')
  await importAt(at, testImage, async (root) => {
    for (const folder of ['bin', 'etc', 'tmp', 'proc', 'sys', 'dev'])
      await mkdir(join(root, folder))
    await copyFile(busybox, join(root, 'bin/busybox'))
    for (const applet of applets) {
      if (applet !== 'busybox') await symlink('busybox', join(root, 'bin', applet))
    }
    await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\n')
  })
  return testImage
}

/**
 * Makes an image of one layer from a root that `fill` lays out in an empty folder; `changes` are
 * Dockerfile instructions such as `ENV A=b`.
 */
export function importRoot(
  image: string,
  fill: (root: string) => Promise<void>,
  ...changes: readonly string[]
): Promise<void> {
  return importAt([], image, fill, ...changes)
}

async function importAt(
  at: readonly string[],
  image: string,
  fill: (root: string) => Promise<void>,
  ...changes: readonly string[]
): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'auditor-image-'))
  try {
    const root = join(work, 'root')
    await mkdir(root)
    await fill(root)
    const tar = join(work, 'root.tar')
    await run('tar', ['-C', root, '--owner=0', '--group=0', '-cf', tar, '.'])
    const settings = changes.flatMap((change) => ['--change', change])
    await docker(...at, 'import', ...settings, tar, image)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/**
 * A prefix for the names of one test's containers. When the test ends, every container whose name
 * begins with it is removed.
 */
export function containerPrefix(t: Pick<TestContext, 'after'>): string {
  const prefix = `auditor-test-${randomBytes(4).toString('hex')}-`
  t.after(() => removeContainers(prefix))
  return prefix
}

/** Removes all containers whose name begins with the prefix, running or not. */
export async function removeContainers(prefix: string): Promise<void> {
  const list = await docker('ps', '--all', '--quiet', '--filter', `name=^/${prefix}`)
  if (list !== '') await docker('rm', '--force', '--volumes', ...list.split('\n'))
}
