import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { eventually } from './eventually.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')

/** `auditor` as a process of its own. */
export interface AgentProcess extends AsyncDisposable {
  readonly pid: number
  /** Its log so far. */
  readonly log: string
  /** Waits until the log has such a line; throws with the log's end where it ends before. */
  says(what: RegExp, deadlineMs?: number): Promise<void>
  /** As `kill -9` does; returns when the process is gone. */
  kill(): Promise<void>
  /** SIGTERM; answers the exit code. */
  stop(): Promise<number | null>
  /** The exit code, once it has ended by itself. */
  readonly ended: Promise<number | null>
}

export function startAgent(
  args: readonly string[],
  environment: Readonly<{ [name: string]: string }> = {},
): AgentProcess {
  const child: ChildProcess = spawn(process.execPath, [main, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let log = ''
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (log += text))
  const killNow = (): void => void child.kill('SIGKILL')
  process.once('exit', killNow)
  const ended = once(child, 'exit').then(() => process.off('exit', killNow))
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (!isOver()) child.kill(signal)
    await ended
    return child.exitCode
  }

  return {
    pid: child.pid!,
    get log() {
      return log
    },
    says: (what, deadlineMs = 60_000) =>
      eventually(
        `the agent says ${what}`,
        () => {
          if (what.test(log)) return Promise.resolve(true)
          if (isOver())
            throw new Error(`the agent ended with ${child.exitCode}: ${log.slice(-2000)}`)
          return Promise.resolve(undefined)
        },
        deadlineMs,
      ).then(() => undefined),
    kill: () => end('SIGKILL').then(() => undefined),
    stop: () => end('SIGTERM'),
    ended: ended.then(() => child.exitCode),
    [Symbol.asyncDispose]: () => end('SIGKILL').then(() => undefined),
  }
}
