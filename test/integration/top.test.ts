import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { suite, test } from 'node:test'
import { cli, replayedJournal } from '../support/cli.ts'

const main = join(import.meta.dirname, '../../src/cli/main.ts')
/** Gives a program a terminal of its own; what is written to it are the keys. */
const PTY = 'import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)'
const hasPty = spawnSync('python3', ['-c', 'import pty']).status === 0
const skip = hasPty ? false : 'there is no python3 with pty, which gives it a terminal'

const ENTER = '\u001b[?1049h\u001b[?25l'
const LEAVE = '\u001b[?25h\u001b[?1049l'

suite('top', () => {
  for (const [what, key, code] of [
    ['q', 'q', 0],
    ['Ctrl-C', '\u0003', 0],
  ] as const) {
    test(`takes the whole screen, and gives it back at ${what}`, { skip }, async (t) => {
      const data = await replayedJournal(t)
      const args = ['top', '--all', '--data', data, '--listen', 'off']
      const child = spawn('python3', ['-c', PTY, process.execPath, main, ...args])
      t.after(() => child.kill('SIGKILL'))
      let [seen, isPressed] = ['', false]
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        seen += text
        if (isPressed || !seen.includes('loop-a') || !seen.includes('listens nowhere')) return
        isPressed = true
        child.stdin.write(key)
      })
      const [ended] = (await once(child, 'close')) as [number]
      assert.equal(ended, code)
      assert.equal(seen.indexOf(ENTER), 0)
      assert.ok(seen.endsWith(LEAVE), JSON.stringify(seen.slice(-40)))
      assert.match(seen, /LINEAGE +STATE +FOR +RUNS/)
    })
  }

  test('without a terminal it is printed once', async (t) => {
    const data = await replayedJournal(t)
    const { code, stdout } = await cli([
      'top',
      '--data',
      data,
      '--all',
      '-o',
      'ndjson',
      '--sort',
      'name',
    ])
    assert.equal(code, 0)
    const told = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Told)
    assert.deepEqual(
      told.map(({ name, state, runs, lastCause, exitCode }) =>
        [name, state, runs, lastCause, exitCode].join(' '),
      ),
      WANTED,
    )
    const one = await cli(['top', '--data', data, '--all', '--once', 'weird-a'])
    assert.match(one.stdout, /^LINEAGE +STATE .*\nweird-a +\w+ +\S+.* +1 +0 +crashed +3 /)
    const wrong = await cli(['top', '--data', data, 'cause:bored'])
    assert.equal(wrong.code, 2)
  })
})

interface Told {
  readonly name: string
  readonly state: string
  readonly runs: number
  readonly lastCause?: string
  readonly exitCode?: number
}

/** As the runs read by hand in test/unit/cli/commands/lives.test.ts. */
const WANTED: readonly string[] = [
  'hog-a removed 1 oom 137', 'job-a-1 removed 1 crashed 1', 'job-a-2 removed 1 crashed 2',
  'job-a-3 removed 1 completed 0', 'job-a-4 removed 1 crashed 1', 'job-a-5 removed 1 crashed 2',
  'loop-a removed 5 crashed 17', 'shop/api 1 removed 1 stop-timeout 137', 'shop/cache 1 removed 3 stopped 0',
  'weird-a removed 1 crashed 3',
] // prettier-ignore
