import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
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
const script = join(import.meta.dirname, 'child.ts')
const stranger = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}

/** Why nobody else can run `child.ts` here, for skipping; false where somebody can. */
export function strangerTrouble(): string | false {
  const read = `require('node:fs').readFileSync(${JSON.stringify(script)})`
  const { status } = spawnSync(process.execPath, ['-e', read], { ...stranger, cwd: '/' })
  return status === 0 ? false : 'root runs this, and other users may not read the sources'
}

/** Starts `child.ts`; as a stranger it is not root, who may do anything. */
export function spawnJournalChild(
  options: { readonly stranger?: boolean },
  ...args: readonly string[]
): JournalChild {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(options.stranger === true ? stranger : {}),
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
