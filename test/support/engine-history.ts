import { run } from './run.ts'
import { dockerSocket } from './docker.ts'

/** What the engine remembers of its events: its own JSON, the oldest first. */
export async function engineHistory(): Promise<readonly string[]> {
  const url = `http://docker/events?since=1&until=${(Date.now() / 1000).toFixed(3)}`
  const { stdout } = await run('curl', ['-sS', '--unix-socket', dockerSocket, url])
  return stdout.split('\n').filter((line) => line !== '')
}
