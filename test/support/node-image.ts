import { cp, mkdir, realpath, symlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { docker, importRoot } from './docker.ts'
import { run } from './run.ts'

/**
 * A base image for the Dockerfile without any registry: busybox, this Node with the libraries it is
 * linked to, npm, and the certificates this machine trusts (its way to the package registry may need
 * them). Stands in for the Dockerfile's default `node:26-...`. Answers its name.
 */
export async function ensureNodeImage(): Promise<string> {
  const image = `auditor-test/node:${process.versions.node}`
  if ((await docker('image', 'ls', '--quiet', image)) !== '') return image
  const node = await realpath(process.execPath)
  const busybox = await which('busybox')
  const npm = dirname(dirname(await realpath(process.env['npm_execpath'] ?? (await which('npm')))))
  const libraries = (await run('ldd', [node])).stdout.match(/\/\S+(?= \()/g) ?? []
  const applets = (await run(busybox, ['--list'])).stdout.trim().split('\n')
  const certificates = '/etc/ssl/certs/ca-certificates.crt'

  await importRoot(
    image,
    async (root) => {
      const put = (from: string, to: string): Promise<void> =>
        cp(from, join(root, to), { recursive: true, dereference: true })
      for (const folder of ['bin', 'etc', 'tmp', 'proc', 'sys', 'dev', 'root', 'usr/bin'])
        await mkdir(join(root, folder), { recursive: true })
      await put(busybox, 'bin/busybox')
      for (const applet of applets)
        if (applet !== 'busybox') await symlink('busybox', join(root, 'bin', applet))
      await symlink('/bin/env', join(root, 'usr/bin/env'))
      for (const library of libraries) await put(library, library)
      await put(node, 'usr/local/bin/node')
      await put(npm, 'usr/local/lib/node_modules/npm')
      await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'))
      if (existsSync(certificates)) await put(certificates, certificates)
      await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n')
    },
    ...(existsSync(certificates) ? [`ENV NODE_EXTRA_CA_CERTS=${certificates}`] : []),
  )
  return image
}

async function which(program: string): Promise<string> {
  return (await run('sh', ['-c', `command -v ${program}`])).stdout.trim()
}
