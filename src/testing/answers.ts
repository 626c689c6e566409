import { randomUUID } from 'node:crypto'
import type { FakeInspect } from './container.ts'
import type { EngineCore } from './core.ts'

/** What an engine says of itself and its containers, in the words of `GET /info` and the like. */
export function about(core: EngineCore): object {
  const states = [...core.containers.values()].map((inspect) => summary(inspect).State)
  return {
    // Podman answers another one to each question.
    ID: core.kind === 'podman' ? randomUUID() : core.id,
    Name: core.name,
    ServerVersion: core.version,
    DockerRootDir: '/var/lib/docker',
    Containers: states.length,
    ContainersRunning: states.filter((state) => state === 'running').length,
    NEventsListener: core.subscribers,
    SystemTime: rfc3339(core.now()),
  }
}

export function versionAnswer(core: EngineCore): object {
  const name = core.kind === 'podman' ? 'Podman Engine' : 'Engine'
  return {
    Version: core.version,
    ApiVersion: core.apiVersion,
    Components: [{ Name: name, Version: core.version }],
  }
}

export function pingHeaders(core: EngineCore): { readonly [name: string]: string } {
  const own = core.kind === 'podman' ? { 'libpod-api-version': core.version } : {}
  return { 'api-version': core.apiVersion, ostype: 'linux', ...own }
}

/** `GET /containers/json`; those that run, or all. */
export function listAnswer(core: EngineCore, all: boolean): object[] {
  const every = [...core.containers.values()].map(summary)
  return all ? every : every.filter(({ State }) => RUNNING.has(State))
}

/** By id, by name, or by the beginning of an id where only one begins so. */
export function inspectAnswerOf(core: EngineCore, idOrName: string): FakeInspect | undefined {
  const exact = core.containers.get(idOrName)
  if (exact !== undefined) return exact
  const all = [...core.containers]
  const named = all.find(([, inspect]) => inspect.Name === `/${idOrName}`)
  if (named !== undefined) return named[1]
  const begun = all.filter(([id]) => id.startsWith(idOrName))
  return begun.length === 1 ? begun[0]![1] : undefined
}

const RUNNING = new Set(['running', 'paused', 'restarting'])

function summary(inspect: FakeInspect) {
  const { Id, Name, Created, Image, State, Config } = inspect
  return {
    Id,
    Names: [Name],
    Image: Config.Image,
    ImageID: Image,
    Created: Math.floor(Date.parse(Created) / 1000),
    Labels: Config.Labels,
    State: State.Status,
  }
}

/** As Go writes a moment. */
export function rfc3339(time: bigint): string {
  const seconds = new Date(Number(time / 1_000_000n)).toISOString().slice(0, -5)
  return `${seconds}.${String(time % 1_000_000_000n).padStart(9, '0')}Z`
}
