import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { peer } from './peers.ts'
import { freePort } from './ports.ts'
import { run } from './run.ts'

const build = join(import.meta.dirname, 'lumberjack-server', 'build')

/** A real lumberjack v2 server: it writes a batch to its file, then ACKs it. */
export interface LumberjackServer extends AsyncDisposable {
  readonly port: number
  /** Starts it, on the same port. */
  start(): Promise<void>
  /** As `kill -9` does; returns when the process is gone. */
  kill(): Promise<void>
  /** The process stands still, its connections stay. */
  pause(): void
  resume(): void
  /** The lines it wrote, over all its lives: one document each, as it came. */
  lines(): Promise<readonly string[]>
}

export interface LumberjackPeer {
  /** @param flags as the program's own usage says, e.g. `-ack-delay 5s` */
  open(...flags: string[]): Promise<LumberjackServer>
}

/** The program of `lumberjack-server/`, around the server half of elastic/go-lumber. */
export const lumberjackServer = peer<LumberjackPeer>('lumberjack server', async () => {
  try {
    const { stdout } = await run(build, [])
    const program = stdout.trim()
    return { open: (...flags) => open(program, flags) }
  } catch (error) {
    return { missing: (error as Error).message.split('\n').slice(1).join(' ').trim() }
  }
})

async function open(program: string, flags: readonly string[]): Promise<LumberjackServer> {
  const folder = await mkdtemp(join(tmpdir(), 'auditor-lumberjack-'))
  const port = await freePort()
  let lives = 0
  let child: ChildProcess | undefined
  /** A file for each life: the next one must not write behind half a line. */
  const fileOf = (life: number): string => join(folder, `events-${life}.jsonl`)
  const killNow = (): void => void child?.kill('SIGKILL')
  process.once('exit', killNow)

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  async function start(): Promise<void> {
    const out = fileOf(++lives)
    child = spawn(program, ['-addr', `127.0.0.1:${port}`, '-out', out, ...flags], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const said: string[] = []
    for await (const line of createInterface({ input: child.stderr! })) {
      said.push(line)
      if (line.includes('listening on')) {
        child.stderr!.resume() // what it says later must not stop it
        return
      }
    }
    throw new Error(`the lumberjack server did not start: ${said.join(' ')}`)
  }

  const server: LumberjackServer = {
    port,
    kill,
    start,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async lines() {
      const all: string[] = []
      for (let life = 1; life <= lives; life++) {
        // Without its end a line is one it was killed at.
        const text = existsSync(fileOf(life)) ? await readFile(fileOf(life), 'utf8') : ''
        for (const line of text.split('\n').slice(0, -1)) all.push(line)
      }
      return all
    },
    async [Symbol.asyncDispose]() {
      process.off('exit', killNow)
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
  await start()
  return server
}
