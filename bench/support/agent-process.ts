import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../test/support/run.ts'

const root = join(import.meta.dirname, '../..')

/** `auditor run` as users have it: compiled, in a process of its own. */
export interface AgentProcess extends AsyncDisposable {
  /** Processor seconds used so far. */
  cpuSeconds(): Promise<number>
  rssMiB(): Promise<number>
  /** The largest RSS so far. */
  peakRssMiB(): Promise<number>
  /** SIGTERM; throws unless it ends with 0. */
  stop(): Promise<void>
}

/** Compiles what is started by `startAgent`. */
export async function build(): Promise<void> {
  await run('npm', ['run', '--silent', 'build'], { cwd: root })
}

/** `args` are those after `auditor run`. */
export function startAgent(args: readonly string[]): AgentProcess {
  const child = spawn(process.execPath, [join(root, 'dist/cli/main.js'), 'run', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4000)))
  const exited = once(child, 'exit')

  async function proc(file: string): Promise<string> {
    if (child.exitCode !== null)
      throw new Error(`auditor run ended with ${child.exitCode}: ${said}`)
    return readFile(`/proc/${child.pid}/${file}`, 'utf8')
  }

  async function status(field: string): Promise<number> {
    const text = await proc('status')
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)![1]) / 1024
  }

  async function stop(): Promise<void> {
    child.kill('SIGTERM')
    const [code, signal] = (await exited) as [number | null, string | null]
    if (code !== 0) throw new Error(`auditor run ended with ${signal ?? code}: ${said}`)
  }

  return {
    async cpuSeconds() {
      const text = await proc('stat')
      // User and system time in ticks, of which Linux tells a hundred a second.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
      return (Number(fields[11]) + Number(fields[12])) / 100
    },
    rssMiB: () => status('VmRSS'),
    peakRssMiB: () => status('VmHWM'),
    stop,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await exited
    },
  }
}
