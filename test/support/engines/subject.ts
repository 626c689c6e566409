import type { TestContext } from 'node:test'
import { createDockerEngine } from '../../../src/docker/dockerode.ts'
import type { Engine } from '../../../src/docker/port.ts'
import type { CoreOptions } from '../../../src/testing/core.ts'
import { createFakeEngine } from '../../../src/testing/fake-engine.ts'
import { ensureImage } from '../docker.ts'
import { ask, send } from './ask.ts'
import type { Family } from './words.ts'

/** An engine under test, and how its containers are made to live and die. */
export interface Subject {
  readonly engine: Engine
  readonly socketPath: string
  readonly family: Family
  /** Only this test uses it, so it may be slowed down and its history rolled. */
  readonly isOwn: boolean
  /** Runs a container with this label to its end, exit code 3; answers its id. */
  runToEnd(label: string): Promise<string>
  /** Runs one that goes on until it is told to end, and then ends with 0. */
  run(label: string): Promise<string>
  stop(id: string): Promise<void>
  kill(id: string): Promise<void>
  restart(id: string): Promise<void>
  pause(id: string): Promise<void>
  unpause(id: string): Promise<void>
  rename(id: string, name: string): Promise<void>
  /** With force. */
  remove(id: string): Promise<void>
}

const openEngine = (path: string): Engine =>
  createDockerEngine({ kind: 'unix', url: `unix://${path}`, path })

export async function fakeSubject(t: TestContext, options: CoreOptions): Promise<Subject> {
  const fake = await createFakeEngine(options)
  t.after(() => fake[Symbol.asyncDispose]())
  const { lives, socketPath } = fake
  const run = (label: string): string =>
    lives.run({ labels: { 'auditor-test': label }, env: ['SECRET=x'] })
  const soon =
    <A extends unknown[]>(act: (...args: A) => void) =>
    (...args: A) =>
      Promise.resolve(act(...args))
  return {
    engine: openEngine(socketPath),
    socketPath,
    family: familyOf(fake.core.kind, fake.core.version),
    isOwn: true,
    async runToEnd(label) {
      const id = run(label)
      lives.die(id, { exitCode: 3 })
      return Promise.resolve(id)
    },
    run: (label) => Promise.resolve(run(label)),
    stop: soon((id: string) => lives.stop(id)),
    kill: soon((id: string) => lives.kill(id)),
    restart: soon((id: string) => lives.restart(id)),
    pause: soon((id: string) => lives.pause(id)),
    unpause: soon((id: string) => lives.unpause(id)),
    rename: soon((id: string, name: string) => lives.rename(id, name)),
    remove: soon((id: string) => lives.destroy(id)),
  }
}

/** Ends well when it is told to; `/ready` says that it can be told. */
const UNTIL_TOLD = 'trap "exit 0" TERM; touch /ready; while :; do sleep 0.1 & wait $!; done'

export async function realSubject(
  t: TestContext,
  socketPath: string,
  { isOwn }: { readonly isOwn: boolean },
): Promise<Subject> {
  const post = (path: string, body?: object) => ask(socketPath, 'POST', path, body)
  const image = await ensureImage(`unix://${socketPath}`)
  const prefix = `auditor-contract-${process.pid}-${Date.now()}-`
  const made: string[] = []
  t.after(async () => {
    for (const id of made) await send(socketPath, 'DELETE', `/containers/${id}?force=1`)
  })

  async function create(label: string, script: string): Promise<string> {
    const { body } = await post(`/containers/create?name=${prefix}${made.length}`, {
      Image: image,
      Cmd: ['sh', '-c', script],
      Env: ['SECRET=x'],
      Labels: { 'auditor-test': label },
      StopTimeout: 10,
    })
    const { Id } = body as { Id: string }
    made.push(Id)
    return Id
  }

  /** Its exit code. */
  async function exec(id: string, ...Cmd: string[]): Promise<number> {
    const { body } = await post(`/containers/${id}/exec`, { Cmd, AttachStdout: true })
    const { Id } = body as { Id: string }
    await post(`/exec/${Id}/start`, { Detach: false, Tty: false })
    const { body: about } = await ask(socketPath, 'GET', `/exec/${Id}/json`)
    return (about as { ExitCode: number }).ExitCode
  }

  async function ready(id: string): Promise<void> {
    while ((await exec(id, 'test', '-e', '/ready')) !== 0) continue
  }

  const { body } = await ask(socketPath, 'GET', '/version')
  const { Version, Components } = body as { Version: string; Components: { Name: string }[] }
  const isPodman = Components.some(({ Name }) => Name.startsWith('Podman'))
  return {
    engine: openEngine(socketPath),
    socketPath,
    family: familyOf(isPodman ? 'podman' : 'docker', Version),
    isOwn,
    async runToEnd(label) {
      const id = await create(label, 'exit 3')
      await post(`/containers/${id}/start`)
      // Waiting for the next exit would be for ever where it has come already.
      await post(`/containers/${id}/wait?condition=not-running`)
      return id
    },
    async run(label) {
      const id = await create(label, UNTIL_TOLD)
      await post(`/containers/${id}/start`)
      await ready(id)
      return id
    },
    async stop(id) {
      await post(`/containers/${id}/stop?t=10`)
    },
    async kill(id) {
      const waiting = post(`/containers/${id}/wait?condition=not-running`)
      await post(`/containers/${id}/kill?signal=KILL`)
      await waiting
    },
    async restart(id) {
      await post(`/containers/${id}/restart?t=10`)
      await ready(id)
    },
    async pause(id) {
      await post(`/containers/${id}/pause`)
    },
    async unpause(id) {
      await post(`/containers/${id}/unpause`)
    },
    async rename(id, name) {
      await post(`/containers/${id}/rename?name=${prefix}${name}`)
    },
    async remove(id) {
      await ask(socketPath, 'DELETE', `/containers/${id}?force=1`)
    },
  }
}

function familyOf(kind: 'docker' | 'podman', version: string): Family {
  if (kind === 'podman') return 'podman'
  const major = Number(version.split('.')[0])
  // moby's own numbers began anew at 2.
  return major >= 23 || major === 2 ? 'docker-23' : 'docker-20'
}
