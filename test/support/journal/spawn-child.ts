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

const NOBODY = 65534

/** Starts `child.ts`; as a stranger it is not root, who may do anything. */
export function spawnJournalChild(
  { stranger = false }: { readonly stranger?: boolean },
  ...args: readonly string[]
): JournalChild {
  const script = join(import.meta.dirname, 'child.ts')
  const drop = stranger && process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...drop,
  })
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
