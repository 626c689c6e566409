import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Clock } from '../../actors/clock.ts'

/** How a program ended. */
export interface Ended {
  /** `null` where a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The head of what it wrote to standard error. */
  readonly said: string
}

/** Kept of standard error; the rest is read and forgotten, as all of standard output is. */
const MOST_SAID = 4_096
/** What it wrote last arrives within this, unless somebody else holds the pipe. */
const LAST_WORDS_MS = 200

/**
 * Runs a program without any shell, in a process group of its own, until it ends; with it ends whatever
 * it left running in its group. Aborted, the group is killed.
 *
 * @throws where it can't be started
 */
export async function runProgram(
  [program = '', ...args]: readonly string[],
  options: {
    readonly input: string
    readonly environment: Readonly<{ [name: string]: string }>
    readonly signal: AbortSignal
    readonly clock: Clock
  },
): Promise<Ended> {
  const { input, environment, signal, clock } = options
  signal.throwIfAborted()
  const child = spawn(program, args, {
    cwd: '/',
    env: environment,
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const { pid, stdin, stderr } = child
  if (pid === undefined) throw (await once(child, 'error'))[0]
  const kill = (): void => killGroup(pid)
  signal.addEventListener('abort', kill, { once: true })
  const closed = once(child, 'close')
  const chunks: Buffer[] = []
  let size = 0
  stderr.on('data', (chunk: Buffer) => {
    const kept = chunk.subarray(0, MOST_SAID - size)
    if (kept.length > 0) chunks.push(kept)
    size += kept.length
  })
  // It need not read all of it, or anything: how it ends says how it went.
  stdin.on('error', () => undefined)
  stdin.end(input)
  const enough = new AbortController()
  try {
    const [code, by] = (await once(child, 'exit')) as [Ended['code'], Ended['signal']]
    kill()
    await Promise.race([closed, clock.sleep(LAST_WORDS_MS, enough.signal)])
    return { code, signal: by, said: Buffer.concat(chunks).toString() }
  } finally {
    enough.abort()
    signal.removeEventListener('abort', kill)
    stdin.destroy()
    stderr.destroy()
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch {
    // Nobody is left of it, or it became another user's (sudo) and ends when it likes.
  }
}
