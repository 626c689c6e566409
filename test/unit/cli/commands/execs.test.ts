import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { openJournal } from '../../../../src/journal/open.ts'
import { cli, replayedJournal, scratch } from '../../../support/cli.ts'
import { record } from '../../../support/records.ts'

/** The execs of the recorded trace that are no health checks, read by hand from its events: 6 of 72. */
const EXPECTED = [
  'shop/api 1 run 1: touch /tmp/sick, person, 132 ms, exit 0, ended',
  'shop/api 1 run 1: rm /tmp/sick, person, 73 ms, exit 0, ended',
]

interface Told {
  readonly lineage: { readonly name: string }
  readonly run: number
  readonly command: string
  readonly who: string
  readonly startedAt: string
  readonly endedAt: string
  readonly exitCode: number
  readonly state: string
}

suite('the execs of a real trace', () => {
  test('execs are those read by hand', async (t) => {
    const data = await replayedJournal(t)
    const { code, stdout } = await cli(['execs', '--data', data, '-o', 'ndjson'])
    assert.equal(code, 0)
    const told = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Told)
      .map(({ lineage, run, command, who, startedAt, endedAt, exitCode, state }) => {
        const ms = (BigInt(endedAt) - BigInt(startedAt)) / 1_000_000n
        return `${lineage.name} run ${run}: ${command}, ${who}, ${ms} ms, exit ${exitCode}, ${state}`
      })
    assert.deepEqual(told.reverse(), EXPECTED)
  })

  test('recorded with the health checks, these are known', async (t) => {
    const data = await replayedJournal(t, '--health-checks', 'record')
    const count = async (who: string): Promise<number> => {
      const { stdout } = await cli(['execs', `who:${who}`, '--data', data, '-o', 'ndjson'])
      return stdout.split('\n').length - 1
    }
    assert.deepEqual(
      [await count('person'), await count('health-check'), await count('unknown')],
      [2, 22, 0],
    )
  })

  test('chosen by name and time', async (t) => {
    const data = await replayedJournal(t)
    const execs = async (...args: string[]): Promise<string> =>
      (await cli(['execs', '--data', data, ...args])).stdout
    const table = await execs('shop/api')
    assert.match(table, /^BEGAN +LINEAGE +WHO +LASTED +EXIT +STATE +CONTAINER +COMMAND\n/)
    assert.match(table, /shop\/api 1 +person +132ms +0 +ended +[0-9a-f]{12} +touch \/tmp\/sick\n$/)
    assert.equal(await execs('hog-a'), '')
    assert.equal(await execs('service:api', 'exit:0', 'command:*sick'), table)
    assert.equal(await execs('label.com.docker.compose.service:api', 'command:*sick'), table)
    assert.equal(await execs('lasted>1s'), '')
    assert.equal((await execs('--limit', '1', '-o', 'csv')).split('\r\n').length - 2, 1)
    assert.equal(await execs('--until', '2026-11-01'), '')
    assert.equal((await cli(['execs', '--data', data, '--exit-code'])).code, 10)
    assert.equal((await cli(['execs', 'hog-a', '--data', data, '--exit-code'])).code, 0)
    const { code, stderr } = await cli(['execs', 'shop/apo', '--data', data])
    assert.equal(code, 2)
    assert.match(stderr, /nothing is called "shop\/apo"; near it: shop\/api 1/)
    const mistake = await cli(['execs', 'shop/api whu:person', '--data', data])
    assert.equal(mistake.code, 2)
    const [heading, shown, carets] = mistake.stderr.split('\n')
    assert.equal(heading, 'auditor: the filter is wrong:')
    assert.match(carets!, /\^\^\^ execs have no field "whu", did you mean "who"\?/)
    assert.equal(carets!.indexOf('^'), shown!.indexOf('whu'))
  })

  test('where the filter keeps ends out, it is said', async (t) => {
    const data = await replayedJournal(t, '--filter', 'action:create,start,exec_create,exec_start')
    const { stdout } = await cli(['execs', 'because:filtered', '--data', data])
    assert.match(
      stdout,
      /shop\/api 1 +person +\? +\? +end not told \(the filter may hide it\).*sick\n/,
    )
  })

  test('show tells them within the run', async (t) => {
    const data = await replayedJournal(t)
    const { stdout } = await cli(['show', 'shop/api', '--data', data])
    assert.match(
      stdout,
      /#1 .*stop-timeout .*\n +> \S+ \S+ +touch \/tmp\/sick {2}exit 0 after 132ms\n +> \S+ \S+ +rm \/tmp\/sick {2}exit 0 after 73ms\n/,
    )
  })

  test('a hostile command is escaped and cut', async (t) => {
    const data = await scratch(t)
    const journal = await openJournal({ dir: data })
    const attributes = { execID: 'e', name: 'web', image: 'web:1' }
    const command = `sh\u001b[2J\u202e\r${'x'.repeat(10_000)}`
    await journal.append([
      record('start', { attributes: { name: 'web', image: 'web:1' } }),
      record(`exec_start: ${command}`, { at: 10, attributes }),
    ])
    await journal[Symbol.asyncDispose]()
    await cli(['journal', 'rebuild', '--data', data])
    for (const args of [['execs'], ['show', 'web']]) {
      const { stdout } = await cli([...args, '--data', data])
      if (args[0] === 'execs') assert.match(stdout, /sh\\u\{1b\}\[2J\\u\{202e\}\\u\{d\}x+\.\.\.\n$/)
      assert.ok(!/[\p{Cc}\p{Cf}]/u.test(stdout.replaceAll('\n', '')))
      assert.ok(stdout.length < 1_000)
    }
    const { stdout } = await cli(['execs', '--data', data, '-o', 'ndjson'])
    assert.equal((JSON.parse(stdout) as Told).command, command)
  })
})
