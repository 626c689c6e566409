import { spawn } from 'node:child_process'

export interface Ran {
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a program to its end and answers what it printed. Throws with the end of what it printed when
 * it fails.
 */
export function run(
  program: string,
  args: readonly string[],
  options: {
    readonly cwd?: string
    readonly env?: NodeJS.ProcessEnv
    readonly timeoutMs?: number
  } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 300_000,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code, signal) => {
      if (code === 0) resolve({ stdout, stderr })
      else {
        const command = [program, ...args].join(' ')
        reject(
          new Error(
            `${command}: ended with ${code ?? signal}\n${stdout.slice(-2000)}${stderr.slice(-4000)}`,
          ),
        )
      }
    })
  })
}
