import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { openJournalView } from '../../src/journal/open.ts'
import type { Entry } from '../../src/model/entry.ts'
import type { DockerEvent } from '../../src/model/docker-event.ts'
import { startAgent, type AgentProcess } from './agent-process.ts'
import { containerPrefix, docker, testImage } from './docker.ts'
import { eventually } from './eventually.ts'
import { observe, type Observer } from './observer.ts'

/** An agent on the real engine that is killed, misses something and comes back, and who was there. */
export interface Absence {
  readonly dir: string
  readonly prefix: string
  readonly observer: Observer
  /** `kill -9`, after everything of now is in the journal. */
  kill(): Promise<void>
  /** Starts it again; returns when it is connected. */
  comeBack(): Promise<void>
  /** Waits until the journal has such an entry of after it came back. */
  journals(what: string, is: (entry: Entry) => boolean): Promise<void>
  /**
   * Stops it after everything of now is in the journal. What the observer heard until then, in the
   * engine's order.
   */
  stop(): Promise<readonly DockerEvent[]>
}

/** The test ends with the agent stopped and its containers removed. */
export async function startAbsence(t: TestContext): Promise<Absence> {
  const folder = await mkdtemp(join(tmpdir(), 'auditor-absence-'))
  t.after(() => rm(folder, { recursive: true }))
  const dir = join(folder, 'data')
  const prefix = containerPrefix(t)
  const observer = await observe()
  t.after(() => observer[Symbol.asyncDispose]())
  const args = ['run', '--data', dir, '--listen', 'off']
  let agent: AgentProcess = startAgent(args)
  t.after(() => agent[Symbol.asyncDispose]())
  await agent.says(/connected to Docker/)
  let after = 0
  let signs = 0

  const journals: Absence['journals'] = (what, is) =>
    eventually(
      `in the journal: ${what}`,
      async () => {
        await using view = await openJournalView(dir)
        for await (const entry of view.entries({})) {
          if (entry.seq > after && is(entry)) return true
        }
        return undefined
      },
      120_000,
    ).then(() => undefined)

  /** A container that comes and goes, last of all; the number of events up to its end. */
  async function giveSign(): Promise<number> {
    const name = `${prefix}sign-${signs++}`
    await docker('create', '--name', name, testImage, 'true')
    await docker('rm', name)
    const isSign = (event: DockerEvent): boolean =>
      event.action === 'destroy' && event.attributes['name'] === name
    await journals('the last event', (entry) => entry.kind === 'record' && isSign(entry.event))
    return eventually('the observer hears it', () => {
      const index = observer.all().findIndex(isSign)
      return Promise.resolve(index < 0 ? undefined : index + 1)
    })
  }

  return {
    dir,
    prefix,
    observer,
    journals,
    async kill() {
      await giveSign()
      await agent.kill()
      await using view = await openJournalView(dir)
      for await (const { seq } of view.entries({})) after = Math.max(after, seq)
    },
    async comeBack() {
      agent = startAgent(args)
      await agent.says(/connected to Docker/)
    },
    async stop() {
      const heard = await giveSign()
      await agent.stop()
      return observer.all().slice(0, heard)
    },
  }
}
