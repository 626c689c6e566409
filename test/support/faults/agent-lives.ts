import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { TestContext } from 'node:test'
import { account, readJournal, type Account, type EngineHeard, type SinkGot } from '../account.ts'
import { toldBy } from '../account/told.ts'

import { startAgent, type AgentProcess } from '../agent-process.ts'
import { eventually } from '../eventually.ts'

/** One agent's journal over all its lives: it is begun, killed, begun again, and settled at the end. */
export interface AgentLives {
  readonly dir: string
  /** The life it is in, or was in last. */
  readonly agent: AgentProcess
  begin(): AgentProcess
  /** Waits until the last of what an engine told is in the journal. */
  caughtUp(engine: EngineHeard): Promise<void>
  /** SIGTERM, after which each sink gets what it has not got yet. Answers how long SIGTERM took. */
  end(): Promise<number>
  account(engines: readonly EngineHeard[], sinks?: { [name: string]: SinkGot }): Promise<Account>
}

/** @param sinks URIs, each with a `name=` */
export async function agentLives(
  t: Pick<TestContext, 'after'>,
  parts: {
    readonly engines: readonly string[]
    readonly sinks: readonly string[]
    /** A sink may refuse entries; then a drain may say so. Default false. */
    readonly mayRefuse?: boolean
  },
): Promise<AgentLives> {
  const dir = await mkdtemp(join(tmpdir(), 'auditor-fault-run-'))
  const data = join(dir, 'data')
  const environment = {
    AUDITOR_LISTEN: 'off',
    // Processes that start from sources are quicker where one of them has been before.
    NODE_COMPILE_CACHE: join(tmpdir(), 'auditor-compiled'),
  }
  const engines = parts.engines.flatMap((url) => ['--docker', url])
  let agent: AgentProcess | undefined
  t.after(async () => {
    await agent?.[Symbol.asyncDispose]()
    await rm(dir, { recursive: true, force: true })
  })

  function begin(): AgentProcess {
    agent = startAgent(['run', ...parts.sinks, ...engines, '--data', data], environment)
    return agent
  }

  return {
    dir: data,
    get agent() {
      return agent!
    },
    begin,
    async caughtUp({ id, heard, mine }) {
      const last = heard.findLast((line) => mine?.(toldBy(id, line)) ?? true)
      if (last === undefined) return
      const wanted = toldBy(id, last).id
      await eventually(`journaled: ${last}`, () => Promise.resolve(has(data, wanted)), 60_000)
    },
    async end() {
      const asked = performance.now()
      assert.equal(await agent!.stop(), 0, agent!.log.slice(-2000))
      const took = performance.now() - asked
      const drain = ['sinks', 'drain', ...parts.sinks, '--data', data, '--timeout', '2m']
      await using draining = startAgent(drain, environment)
      const code = await draining.ended
      assert.ok(code === 0 || (parts.mayRefuse === true && code === 6), draining.log.slice(-2000))
      return took
    },
    account: async (engines, sinks = {}) =>
      account({ engines, journal: await readJournal(data), sinks }),
  }
}

/** Whether the entry is in the journal; undefined where not (yet). */
function has(dir: string, id: string): true | undefined {
  try {
    const db = new DatabaseSync(join(dir, 'journal.db'), { readOnly: true })
    try {
      const found = db.prepare('SELECT 1 FROM entries WHERE id = ?').get(Buffer.from(id, 'hex'))
      return found === undefined ? undefined : true
    } finally {
      db.close()
    }
  } catch {
    return undefined // its agent has only just begun
  }
}
