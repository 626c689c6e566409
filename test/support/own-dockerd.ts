import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask } from './engines/ask.ts'
import { eventually } from './eventually.ts'
import { peer, type Missing } from './peers.ts'
import { freePort } from './ports.ts'
import { run } from './run.ts'

/** A dockerd that nobody else uses, with its metrics, as a daemon.json with `metrics-addr` makes it. */
export interface OwnDockerd extends AsyncDisposable {
  readonly socketPath: string
  readonly metricsUrl: string
}

/** What it takes to start one. */
export const ownDockerd = peer<{ start(): Promise<OwnDockerd> }>(
  'a dockerd of its own',
  async (): Promise<{ start(): Promise<OwnDockerd> } | Missing> => {
    if (process.getuid?.() !== 0) return { missing: 'only root can start dockerd' }
    for (const program of ['dockerd', 'busybox']) {
      const looking = `PATH=${PATH} command -v ${program}`
      const found = await run('sh', ['-c', looking]).catch(() => undefined)
      if (found === undefined) {
        return { missing: `there is no ${program} (cure: install docker.io and busybox-static)` }
      }
    }
    return { start }
  },
)

const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`

async function start(): Promise<OwnDockerd> {
  const folder = await mkdtemp(join(tmpdir(), 'auditor-dockerd-'))
  const socketPath = join(folder, 'docker.sock')
  const address = `127.0.0.1:${await freePort()}`
  // Without a bridge of its own it removes the bridge of the engine beside it.
  const bridge = `audit${process.pid}`
  await run('busybox', ['brctl', 'addbr', bridge])
  await run('busybox', ['ifconfig', bridge, '10.213.97.1', 'netmask', '255.255.255.0'])
  const log = await open(join(folder, 'log'), 'w')
  const flags = {
    host: `unix://${socketPath}`,
    'data-root': join(folder, 'data'),
    'exec-root': join(folder, 'exec'),
    pidfile: join(folder, 'pid'),
    'metrics-addr': address,
    bridge,
    iptables: 'false',
  }
  const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
  const stdio = ['ignore', log.fd, log.fd] as const
  const child = spawn('dockerd', args, { stdio: [...stdio], env: { ...process.env, PATH } })
  const ended = once(child, 'exit')
  await eventually('its own dockerd answers', async () => {
    if (child.exitCode !== null) throw new Error(`dockerd ended with ${child.exitCode}`)
    const answer = await ask(socketPath, 'GET', '/_ping').catch(() => undefined)
    return answer?.status === 200 ? true : undefined
  })
  return {
    socketPath,
    metricsUrl: `http://${address}/metrics`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
      await log.close()
      await run('busybox', ['ifconfig', bridge, 'down'])
      await run('busybox', ['brctl', 'delbr', bridge])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
