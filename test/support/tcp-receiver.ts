import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { peer } from './peers.ts'
import { freePort } from './ports.ts'

const conf = join(import.meta.dirname, 'tcp-json-receiver', 'tcp-json.conf')
const places = ['/usr/sbin/rsyslogd', '/sbin/rsyslogd', '/usr/local/sbin/rsyslogd']

/** A real receiver of JSON lines over TCP, as Logstash's `tcp { codec => json_lines }` is one. */
export interface TcpReceiver extends AsyncDisposable {
  readonly port: number
  /** Starts it, on the same port and files, and waits until it accepts connections. */
  start(): Promise<void>
  /** As `kill -9` does; returns when the process is gone. */
  kill(): Promise<void>
  /** The process stands still, its connections stay: what a stalled receiver looks like. */
  pause(): void
  resume(): void
  /** Every JSON object it wrote, over all its lives; waits until it writes no more. */
  received(): Promise<readonly unknown[]>
  /** Every other line it got. */
  rejected(): Promise<string>
}

/** Debian's rsyslogd, run as a process of the test and not as the machine's syslog. */
export const tcpReceiver = peer<{ open(): Promise<TcpReceiver> }>('rsyslogd', async () => {
  const program = places.find(isProgram)
  if (program === undefined) return { missing: 'not installed (cure: apt-get install rsyslog)' }
  return { open: () => open(program) }
})

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function open(program: string): Promise<TcpReceiver> {
  const folder = await mkdtemp(join(tmpdir(), 'auditor-tcp-receiver-'))
  const port = await freePort()
  const out = join(folder, 'events.jsonl')
  const bad = join(folder, 'bad.txt')
  let child: ChildProcess | undefined
  const killNow = (): void => void child?.kill('SIGKILL')
  process.once('exit', killNow)

  async function kill(): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
    await rm(join(folder, 'pid'), { force: true })
  }

  return {
    port,
    kill,
    async start() {
      child = spawn(program, ['-n', '-f', conf, '-i', join(folder, 'pid')], {
        stdio: 'ignore',
        env: {
          ...process.env,
          TCP_JSON_PORT: String(port),
          TCP_JSON_OUT: out,
          TCP_JSON_BAD: bad,
          TCP_JSON_DIR: folder,
        },
      })
      const started = child
      await accepts(port, () => started.exitCode === null && started.signalCode === null)
    },
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    async received() {
      const text = await untilQuiet(out)
      // Without its end a line is one that is being written.
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as unknown)
    },
    rejected: async () => (existsSync(bad) ? readFile(bad, 'utf8') : ''),
    async [Symbol.asyncDispose]() {
      process.off('exit', killNow)
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The text of a file that has not grown for half a second; empty where there is none. */
async function untilQuiet(path: string): Promise<string> {
  let size = -1
  for (let quiet = 0; quiet < 5; quiet++) {
    const now = existsSync(path) ? statSync(path).size : 0
    if (now !== size) quiet = 0
    size = now
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return size === 0 ? '' : readFile(path, 'utf8')
}

/** Tries to connect until it works; gives up when the process has ended or after 20 s. */
async function accepts(port: number, lives: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000
  while (lives() && Date.now() < deadline) {
    const socket = connect(port, '127.0.0.1')
    const connected = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (connected) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`no receiver came up on port ${port}`)
}
