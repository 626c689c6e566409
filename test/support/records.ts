import { readFileSync } from 'node:fs'
import { createDecoder } from '../../src/docker/decode.ts'
import { containerFacts } from '../../src/docker/facts.ts'
import type { Inspector } from '../../src/docker/port.ts'
import type { ContainerFacts } from '../../src/model/container-facts.ts'
import type { DockerEvent } from '../../src/model/docker-event.ts'
import { recordOf } from '../../src/model/entry-factory.ts'
import type { EngineRef, Record } from '../../src/model/entry.ts'
import { eventLine } from './event-line.ts'

export const engine: EngineRef = {
  id: 'engine-1',
  name: 'host',
  version: '28.5.2',
  apiVersion: '1.51',
}

/** A record of one event, by default a container's; `at` in milliseconds after a fixed moment. */
export function record(
  action: string,
  options: {
    readonly id?: string
    readonly type?: string
    readonly at?: number
    readonly attributes?: { readonly [name: string]: string }
  } = {},
): Record {
  const { id = 'c1', type = 'container', at = 0, attributes = {} } = options
  const time = 1_795_358_966_000_000_000n + BigInt(at) * 1_000_000n
  const event = { type, action, actorId: id, attributes, scope: 'local', time }
  return recordOf(engine, { ...event, line: eventLine(event) })
}

/** Facts of a container that runs, with what a test wants to be different. */
export function factsOf(id: string, changes: Partial<ContainerFacts> = {}): ContainerFacts {
  return {
    id,
    name: `name-of-${id}`,
    image: { name: 'shop/api:1', id: 'sha256:0' },
    labels: {},
    command: ['sleep', '60'],
    hostname: id,
    state: { status: 'running', exitCode: 0, oomKilled: false, error: '', restartCount: 0 },
    ports: [],
    networkMode: 'bridge',
    networks: [],
    mounts: [],
    limits: { memoryBytes: 0, nanoCpus: 0, pids: 0 },
    restartPolicy: { name: 'no', maximumRetryCount: 0 },
    privileged: false,
    autoRemove: false,
    capAdd: [],
    hostNamespaces: [],
    envNames: [],
    ...changes,
  }
}

const lifecycle = new URL('../fixtures/traces/lifecycle/', import.meta.url)

/** The events of the recorded trace. */
export function lifecycleEvents(): DockerEvent[] {
  const events: DockerEvent[] = []
  const decoder = createDecoder({
    onEvent: (event) => events.push(event),
    onBad: (bad) => {
      throw new Error(`the trace has a bad line: ${bad.text}`)
    },
  })
  decoder.write(readFileSync(new URL('events.ndjson', lifecycle)))
  decoder.end()
  return events
}

/** Answers with what inspect said of the container in the recorded trace, the first answer always. */
export function lifecycleInspector(): Pick<Inspector, 'inspect'> {
  const answers = new Map<string, ContainerFacts>()
  for (const line of readFileSync(new URL('inspect.ndjson', lifecycle), 'utf8')
    .trim()
    .split('\n')) {
    const { id, inspect } = JSON.parse(line) as { readonly id: string; readonly inspect?: unknown }
    const facts = inspect === undefined ? undefined : containerFacts(inspect)
    if (facts !== undefined && !answers.has(id)) answers.set(id, facts)
  }
  return { inspect: (id) => Promise.resolve(answers.get(id)) }
}
