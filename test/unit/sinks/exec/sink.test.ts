import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { alertOf, type AlertEntry } from '../../../../src/model/alert.ts'
import type { Delivery } from '../../../../src/model/delivery.ts'
import type { Sequenced } from '../../../../src/model/entry.ts'
import { execOptions } from '../../../../src/sinks/exec/options.ts'
import { createExecSink } from '../../../../src/sinks/exec/sink.ts'
import { scratch } from '../../../support/cli.ts'
import { eventually } from '../../../support/eventually.ts'
import { START_NANOS } from '../../../support/entries.ts'

function alert(said = 'it ended', seq = 1): Sequenced<AlertEntry> {
  const time = START_NANOS + BigInt(seq)
  const told = { rule: 'crashed', state: 'firing', group: 'shop/api 1', said } as const
  const rest = { time, opening: 'x', since: time, matches: 1, evidence: ['x'] }
  return { ...alertOf({ ...told, ...rest }, 'key', `${seq}`), seq }
}

/** A program in a folder of its own, which is the `$0`'s; what it is given to write there is read back. */
async function program(t: TestContext, lines: string, given: Readonly<{ [key: string]: unknown }> = {}, own = {}) {
  const dir = await scratch(t)
  const path = join(dir, 'hook')
  await writeFile(path, `#!/bin/sh\ncd "\${0%/*}"\n${lines}\n`, { mode: 0o755 })
  const options = execOptions.parse({ command: path, giveUp: '90d', ...given })
  const sink = createExecSink(options, 'hook', undefined, { PATH: process.env['PATH'], ...own })
  t.after(() => sink.close?.())
  return {
    path,
    sink,
    wrote: (name: string) => readFile(join(dir, name), 'utf8'),
    deliver: (entries: readonly Sequenced[] = [alert()], signal = new AbortController().signal) =>
      sink.deliver({ entries }, signal),
  }
} // prettier-ignore

const reason = (delivery: Delivery): string =>
  'cause' in delivery ? (delivery.cause?.message ?? '') : ''

/** One that has ended and waits for its new parent to notice (`Z`) is gone, too. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' })
  return /^[^Z\s]/.test(stdout.trim())
}

describe('a program that', () => {
  test('ends with 0 has the alert: on its input, and as variables', async (t) => {
    const entry = alert('it \u001b[31mended\n$(touch pwned) `touch pwned`; \0\u202eend')
    const one = await program(t, 'cat > in; echo "$AUDITOR_ALERT_RULE|$AUDITOR_ALERT_STATE|$AUDITOR_ALERT_GROUP|$AUDITOR_ALERT_SAID|$AUDITOR_ALERT_ID" > env')
    assert.deepEqual(await one.deliver([entry]), { status: 'delivered' })
    const lines = (await one.wrote('in')).split('\n')
    assert.equal(lines.length, 2)
    assert.deepEqual((JSON.parse(lines[0]!) as AlertEntry).said, entry.said)
    assert.equal(
      await one.wrote('env'),
      `crashed|firing|shop/api 1|it  [31mended $(touch pwned) \`touch pwned\`;  end|${entry.id}\n`,
    )
    await assert.rejects(one.wrote('pwned'))
  }) // prettier-ignore

  test('takes several at once gets a line for each, and no variables', async (t) => {
    const it = await program(t, 'cat > in; env > env', { batch: 10 })
    assert.deepEqual(await it.deliver([alert('a', 1), alert('b', 2)]), { status: 'delivered' })
    assert.equal((await it.wrote('in')).split('\n').length, 3)
    assert.doesNotMatch(await it.wrote('env'), /AUDITOR_/)
  })

  test('gets a small environment, with nothing else of the agent', async (t) => {
    const it = await program(t, '/usr/bin/env > env', {}, { HOME: '/h', LANG: 'C', TZ: 'UTC', AUDITOR_SINKS: 'secret', NODE_OPTIONS: '--x', LD_PRELOAD: '' }) // prettier-ignore
    assert.deepEqual(await it.deliver(), { status: 'delivered' })
    const names = (await it.wrote('env')).match(/^\w+(?==)/gm)!.filter((name) => !['PWD', 'OLDPWD', 'SHLVL', '_'].includes(name)) // prettier-ignore
    assert.deepEqual(names.toSorted(), [
      ...['ID', 'GROUP', 'RULE', 'SAID', 'STATE'].map((name) => `AUDITOR_ALERT_${name}`).toSorted(),
      'HOME',
      'LANG',
      'PATH',
      'TZ',
    ])
  })

  test('fails is tried again, with what it says, without secrets and control characters', async (t) => {
    const it = await program(t, 'printf "no\\033[2J route\\n--password hunter2\\n" >&2; exit 3')
    const delivery = await it.deliver()
    assert.equal(delivery.status, 'retry')
    assert.match(reason(delivery), /hook: exit code 3: no \[2J route/)
    assert.doesNotMatch(reason(delivery), /hunter2|\p{Cc}/u)
  })

  test('is ended by a signal is tried again', async (t) => {
    const it = await program(t, 'kill -TERM $$')
    assert.match(reason(await it.deliver()), /ended by SIGTERM/)
  })

  test('hangs is killed when called off, and what it began with it', async (t) => {
    const it = await program(t, 'sleep 1000 & echo $! > grandchild; echo $$ > child; wait')
    const calling = new AbortController()
    const under = it.deliver([alert()], calling.signal)
    const pids = await eventually('it hangs', async () => {
      const pids = await Promise.all(['grandchild', 'child'].map((name) => it.wrote(name))).catch(() => []) // prettier-ignore
      return pids.length === 2 && pids.every((pid) => pid.endsWith('\n')) ? pids.map(Number) : undefined // prettier-ignore
    })
    assert.deepEqual(pids.map(isAlive), [true, true])
    calling.abort(new Error('no time is left'))
    const delivery = await under
    assert.equal(delivery.status, 'retry')
    assert.match(reason(delivery), /called off before it ended/)
    await eventually('both are gone', async () => (pids.some(isAlive) ? undefined : true))
  })

  test('hangs is killed when the sink is closed', async (t) => {
    const it = await program(t, 'echo $$ > child; exec sleep 1000')
    const under = it.deliver()
    const pid = Number(await eventually('it hangs', () => it.wrote('child').catch(() => undefined)))
    await it.sink.close?.()
    assert.equal((await under).status, 'retry')
    assert.equal(isAlive(pid), false)
  })

  test('leaves something running is told, and that is ended', async (t) => {
    const it = await program(t, 'sleep 1000 & echo $! > grandchild; exit 0')
    assert.deepEqual(await it.deliver(), { status: 'delivered' })
    const pid = Number(await it.wrote('grandchild'))
    await eventually('it is gone', async () => (isAlive(pid) ? undefined : true))
  })

  test('floods both outputs is bounded', async (t) => {
    const it = await program(
      t,
      'yes out | head -c 20000000; yes err | head -c 20000000 >&2; exit 1',
    )
    const delivery = await it.deliver()
    assert.match(reason(delivery), /exit code 1: err err/)
    assert.ok(reason(delivery).length < 400)
  })

  test('closes its input, and reads nothing, goes by how it ends', async (t) => {
    const large = alert('x'.repeat(1024 * 1024))
    const well = await program(t, 'exec <&-; exit 0')
    assert.deepEqual(await well.deliver([large]), { status: 'delivered' })
    const badly = await program(t, 'exec <&-; echo why >&2; exit 1')
    assert.match(reason(await badly.deliver([large])), /exit code 1: why/)
  })

  test('is called twice is run once at a time', async (t) => {
    const it = await program(t, 'mkdir busy || exit 7; sleep 0.1; rmdir busy')
    const answers = await Promise.all([it.deliver(), it.deliver()])
    assert.deepEqual(answers, [{ status: 'delivered' }, { status: 'delivered' }])
  })

  test('takes arguments gets them as they are', async (t) => {
    const { path } = await program(t, 'for each; do echo "<$each>"; done > args')
    const options = execOptions.parse({ command: [path, '$HOME; *', 'two words', 3], giveUp: '90d' }) // prettier-ignore
    const sink = createExecSink(options, 'hook')
    assert.deepEqual(await sink.deliver({ entries: [alert()] }, new AbortController().signal), { status: 'delivered' }) // prettier-ignore
    assert.equal(await readFile(join(path, '..', 'args'), 'utf8'), '<$HOME; *>\n<two words>\n<3>\n')
  })

  test('was away for too long is not asked', async (t) => {
    const it = await program(t, 'touch asked', { giveUp: '1m' })
    const old = { ...alert(), time: 0n }
    assert.equal((await it.deliver([old])).status, 'partial')
    await assert.rejects(it.wrote('asked'))
  })
})

describe('what is no program', () => {
  const opened = async (command: string): Promise<string> => {
    const sink = createExecSink(execOptions.parse({ command }), 'hook')
    return await sink.open!(new AbortController().signal).then(
      () => 'fine',
      (error: Error) => error.message,
    )
  }

  test('is said to be missing, no file, or not executable', async (t) => {
    const dir = await scratch(t)
    const path = join(dir, 'hook')
    assert.match(await opened(path), /there is no such program/)
    await mkdir(path)
    assert.match(await opened(path), /this is no file/)
    const plain = join(dir, 'plain')
    await writeFile(plain, '#!/bin/sh\n', { mode: 0o644 })
    assert.match(await opened(plain), /can't be executed/)
    await chmod(plain, 0o755)
    assert.equal(await opened(plain), 'fine')
  })

  test('that is found out at its start only is tried again', async (t) => {
    const it = await program(t, '')
    await writeFile(it.path, '#!/no/such/shell\n')
    assert.match(reason(await it.deliver()), /what its first line \(#!\) names is missing/)
  })
})
