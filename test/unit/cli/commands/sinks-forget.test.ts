import assert from 'node:assert/strict'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'
import { agentIdentity } from '../../../../src/agent/agent-identity.ts'
import type { Health, SinkHealth } from '../../../../src/agent/health.ts'
import { openJournal } from '../../../../src/journal/open.ts'
import { createApp } from '../../../../src/web/app.ts'
import { listen, type RunningServer } from '../../../../src/web/server.ts'
import { cli, replayedJournal, scratch, type CliResult } from '../../../support/cli.ts'

/** A journal that the sink `out` has used. */
async function usedJournal(t: TestContext): Promise<string> {
  return replayedJournal(t, `file:${join(await scratch(t), 'out.ndjson')}?name=out&every=0s`)
}

const forget = (data: string, ...args: string[]): Promise<CliResult> =>
  cli(['sinks', 'forget', ...args, '--data', data])

/** The endpoints of an agent with such sinks. */
function serveAgent(dir: string, ...sinks: readonly string[]): Promise<RunningServer> {
  const health = {
    state: 'ok',
    reasons: [],
    sinks: sinks.map((name) => ({ name, state: 'idle' }) as SinkHealth),
  }
  const app = createApp({
    agent: agentIdentity(dir, '1.2.3'),
    health: () => Promise.resolve(health as unknown as Health),
    metrics: () => Promise.resolve(''),
    metricsContentType: 'text/plain',
  })
  return listen(app, { host: '127.0.0.1', port: 0 })
}

suite('sinks forget', () => {
  test('a sink that has everything is forgotten, and a marker says so', async (t) => {
    const data = await usedJournal(t)
    assert.deepEqual(await forget(data, 'out'), {
      code: 0,
      stdout: '',
      stderr: 'out is forgotten\n',
    })
    assert.deepEqual((await cli(['sinks', '--data', data, '-o', 'json'])).stdout, '[]\n')
    const { stdout } = await cli(['events', '--data', data, '--reverse', '--limit', '1'])
    assert.match(stdout, /sink-forgotten/)
    const unknown = await forget(data, 'out')
    assert.equal(unknown.code, 2)
    assert.match(unknown.stderr, /^auditor: the journal knows no sink "out"/)
  })

  test('what waits for it is named, and given up only with --yes', async (t) => {
    const data = await usedJournal(t)
    await cli(['sinks', 'rewind', 'out', '--to', '10', '--data', data])
    const asked = await forget(data, 'out')
    assert.equal(asked.code, 2)
    assert.match(
      asked.stderr,
      /^auditor: out never gets \d+ waiting entries: say --yes to forget it/,
    )
    const done = await forget(data, 'out', '--yes')
    assert.equal(done.code, 0)
    assert.match(done.stderr, /^out is forgotten; it never got \d+ waiting entries\n$/)
  })

  test('refused while a running agent has it, or does not say', async (t) => {
    const data = await usedJournal(t)
    const journal = await openJournal({ dir: data })
    t.after(() => journal[Symbol.asyncDispose]())
    const unasked = await forget(data, 'out')
    assert.equal(unasked.code, 2)
    assert.match(
      unasked.stderr,
      /an agent holds this journal and can't be asked whether it delivers to out \(no agent answers at .*\): stop it, or name its address with --listen/,
    )
    {
      await using agent = await serveAgent(data, 'out')
      const used = await forget(data, 'out', '--listen', new URL(agent.url).host)
      assert.equal(used.code, 2)
      assert.match(
        used.stderr,
        /the running agent delivers to out: take it out of the configuration/,
      )
    }
    await using agent = await serveAgent(data, 'other')
    const unused = await forget(data, 'out', '--listen', new URL(agent.url).host)
    assert.deepEqual(unused, { code: 0, stdout: '', stderr: 'out is forgotten\n' })
  })
})
