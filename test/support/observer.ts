import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createDecoder } from '../../src/docker/decode.ts'
import type { DockerEvent } from '../../src/model/docker-event.ts'
import { dockerSocket } from './docker.ts'

/** What an independent listener saw of the engine: the docker client, always there. */
export interface Observer extends AsyncDisposable {
  /** Everything it heard so far, in the engine's order. */
  all(): readonly DockerEvent[]
  /** Events of and about the containers whose name begins so. */
  of(prefix: string): readonly DockerEvent[]
}

export async function observe(): Promise<Observer> {
  // curl speaks to the engine without a version in the path, so `timeNano` is exact.
  const child = spawn('curl', ['-sN', '--unix-socket', dockerSocket, 'http://docker/events'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const events: DockerEvent[] = []
  const decoder = createDecoder({
    onEvent: (event) => events.push(event),
    onBad: ({ text }) => {
      throw new Error(`the observer got a line that is no event: ${text}`)
    },
  })
  child.stdout.on('data', (chunk: Buffer) => decoder.write(chunk))
  await once(child, 'spawn')
  return {
    all: () => [...events],
    of(prefix) {
      const named = events.filter(({ attributes }) => attributes['name']?.startsWith(prefix))
      const containers = new Set(named.map((event) => event.actorId))
      const about = (event: DockerEvent): boolean =>
        containers.has(event.actorId) || containers.has(event.attributes['container'] ?? '')
      return events.filter(about)
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    },
  }
}
