import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface JournalChild {
  readonly pid: number
  /** Lines of its standard output. */
  readonly lines: AsyncIterableIterator<string>
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  readonly process: ChildProcess
}

/** Starts `child.ts`. */
export function spawnJournalChild(...args: readonly string[]): JournalChild {
  const script = join(import.meta.dirname, 'child.ts')
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  return {
    pid: child.pid!,
    process: child,
    lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](),
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
  }
}
