import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

const root = join(import.meta.dirname, '../..')
/** Processes that start from sources are quicker where one of them has been before. */
const compiled = join(root, 'node_modules/.cache/auditor-compiled')

/** A command as a process of its own, which is gone after the test. */
export interface CliProcess {
  readonly pid: number
  /** What it printed so far. */
  readonly stdout: string
  readonly stderr: string
  /** Resolves when it has printed such a text on either stream; rejects where it ends before. */
  says(what: RegExp, withinMs?: number): Promise<void>
  signal(name: NodeJS.Signals): void
  /** Nobody reads its standard output any more. */
  closeStdout(): void
  /** The exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
}

/** `auditor ARGS`, without the configuration of whoever runs the tests. */
export function startCli(
  t: Pick<TestContext, 'after'>,
  args: readonly string[],
  environment: Readonly<{ [name: string]: string }> = {},
): CliProcess {
  return start(t, [join(root, 'src/cli/main.ts'), ...args], environment)
}

/** Node with these arguments, in the root of the project. */
export function start(
  t: Pick<TestContext, 'after'>,
  args: readonly string[],
  environment: Readonly<{ [name: string]: string }> = {},
  program = process.execPath,
): CliProcess {
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own: a signal reaches what it starts, as Ctrl-C does.
    detached: true,
    env: { ...process.env, AUDITOR_LISTEN: 'off', NODE_COMPILE_CACHE: compiled, ...environment },
  })
  const printed = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (printed[name] += text))
  }
  const ended = once(child, 'close').then(([code, signal]) =>
    code === null ? (signal as NodeJS.Signals) : (code as number),
  )
  const toGroup = (name: NodeJS.Signals): void => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, name)
  }
  t.after(async () => {
    toGroup('SIGKILL')
    await ended
  })

  async function says(what: RegExp, withinMs = 30_000): Promise<void> {
    const deadline = AbortSignal.timeout(withinMs)
    while (!what.test(printed.stdout) && !what.test(printed.stderr)) {
      const over = await Promise.race([
        once(child.stdout, 'data', { signal: deadline }),
        once(child.stderr, 'data', { signal: deadline }),
        ended.then(() => 'over'),
      ])
      if (over !== 'over' || what.test(printed.stdout + printed.stderr)) continue
      throw new Error(`it ended and never said ${what}:\n${printed.stdout}${printed.stderr}`)
    }
  }

  return {
    pid: child.pid!,
    get stdout() {
      return printed.stdout
    },
    get stderr() {
      return printed.stderr
    },
    says,
    signal: toGroup,
    closeStdout: () => void child.stdout.destroy(),
    ended,
  }
}
