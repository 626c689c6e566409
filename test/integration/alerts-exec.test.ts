import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { suite, test, type TestContext } from 'node:test'
import type { AlertEntry } from '../../src/model/alert.ts'
import { startAgent } from '../support/agent-process.ts'
import { scratch } from '../support/cli.ts'
import { eventually } from '../support/eventually.ts'
import { fakeDocker, publishLife } from '../support/fake-docker.ts'

const VARIABLES = ['RULE', 'STATE', 'GROUP', 'SAID', 'ID'] as const

/** A program that appends what it is given to files beside it, and a configuration that names it. */
async function hook(t: TestContext) {
  const dir = await scratch(t)
  const path = join(dir, 'hook')
  const values = VARIABLES.map((name) => `$AUDITOR_ALERT_${name}`).join('|')
  await writeFile(
    path,
    `#!/bin/sh\ncd "\${0%/*}"\ncat >> in.ndjson\necho "$*|$ES_PASSWORD|${values}" >> variables\n`,
    { mode: 0o755 },
  )
  const { fake, url } = await fakeDocker(t)
  const config = join(dir, 'auditor.yaml')
  const configure = (...more: string[]): Promise<void> =>
    writeFile(
      config,
      [
        ...more,
        'alerts: [{ name: gone, when: "action:destroy", by: container, cooldown: 1h }]',
        `sinks: { pager: { type: exec, command: [${path}, --team, "pay me"], every: 0s } }`,
        '',
      ].join('\n'),
    )
  const args = [
    'run',
    '-c',
    config,
    '--docker',
    url,
    '--data',
    join(dir, 'data'),
    '--listen',
    'off',
  ]
  const lines = async (name: string): Promise<string[]> =>
    (await readFile(join(dir, name), 'utf8').catch(() => '')).split('\n').slice(0, -1)
  return { fake, configure, args, config, lines }
}

suite('alerts for a program', () => {
  test('a running agent hands each to it, on its input and as variables', async (t) => {
    const { fake, configure, args, lines } = await hook(t)
    await configure('allowCommands: true')
    await using agent = startAgent(args, { ES_PASSWORD: 'swordfish' })
    await agent.says(/connected to Docker/)
    publishLife(fake, 'c1')
    publishLife(fake, 'c2')
    await eventually('both are told', async () =>
      (await lines('variables')).length >= 2 ? true : undefined,
    )
    assert.equal(await agent.stop(), 0)

    const alerts = (await lines('in.ndjson')).map((line) => JSON.parse(line) as AlertEntry)
    assert.deepEqual(
      alerts.map(({ kind, rule, state, group, matches }) => [kind, rule, state, group, matches]),
      ['name-c1', 'name-c2'].map((name) => ['alert', 'gone', 'firing', name, 1]),
    )
    assert.deepEqual(
      await lines('variables'),
      alerts.map(
        ({ rule, state, group, said, id }) =>
          `--team pay me||${[rule, state, group, said, id].join('|')}`,
      ),
      'its own arguments, nothing of the environment of the agent, the variables',
    )
  })

  test('without allowCommands the agent refuses to start, and says which sink and what would allow it', async (t) => {
    const { configure, args, config, lines } = await hook(t)
    for (const more of [[], ['allowCommands: false']]) {
      await configure(...more)
      await using agent = startAgent(args)
      assert.equal(await agent.ended, 3)
      assert.match(
        agent.log,
        /sinks\.pager.*this sink runs a program, which is refused without allowCommands: true in the configuration \(or AUDITOR_ALLOW_COMMANDS=true\)/s,
      )
      assert.ok(agent.log.includes(config), 'where it stands')
    }
    assert.deepEqual(await lines('variables'), [])
  })

  test('the environment may allow it', async (t) => {
    const { fake, configure, args, lines } = await hook(t)
    await configure()
    await using agent = startAgent(args, { AUDITOR_ALLOW_COMMANDS: 'true' })
    await agent.says(/connected to Docker/)
    publishLife(fake, 'c1')
    await eventually('it is told', async () =>
      (await lines('variables')).length > 0 ? true : undefined,
    )
    assert.equal(await agent.stop(), 0)
  })
})
