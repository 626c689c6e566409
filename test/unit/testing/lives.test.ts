import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createEngineCore, type CoreOptions } from '../../../src/testing/core.ts'
import { createLives, type FakeLives } from '../../../src/testing/lives.ts'
import { createManualClock } from '../../support/manual-clock.ts'

const engines: { readonly [name: string]: CoreOptions } = {
  '20.10': { version: '20.10.24', apiVersion: '1.41' },
  '28.5': { version: '28.5.2', apiVersion: '1.51' },
  podman: { kind: 'podman', apiVersion: '1.41' },
}

/** What is told while a container lives so, in short: `net+`, `die(3)`, `kill(15)`. */
function told(engine: string, live: (lives: FakeLives, id: string) => void): string {
  const core = createEngineCore(engines[engine])
  const lives = createLives(core)
  const id = lives.run()
  const words: string[] = []
  core.subscribe(
    {},
    {
      write(text) {
        const { Type, Action, Actor } = JSON.parse(text) as {
          Type: string
          Action: string
          Actor: { Attributes: { [name: string]: string } }
        }
        const { exitCode, signal } = Actor.Attributes
        const detail = exitCode ?? signal
        if (Type === 'network') words.push(Action === 'connect' ? 'net+' : 'net-')
        else words.push(detail === undefined ? Action : `${Action}(${detail})`)
        return true
      },
      end: () => undefined,
      cut: () => undefined,
    },
  )
  live(lives, id)
  return words.join(' ')
}

/** Measured on real engines. */
const sequences: readonly {
  readonly what: string
  readonly live: (lives: FakeLives, id: string) => void
  readonly words: { readonly [engine: string]: string }
}[] = [
  {
    what: 'a run',
    live: (lives) => void lives.run(),
    words: {
      '20.10': 'create net+ start',
      '28.5': 'create net+ start',
      podman: 'create init start',
    },
  },
  {
    what: 'an end by itself',
    live: (lives, id) => lives.die(id, { exitCode: 3 }),
    words: { '20.10': 'die(3) net-', '28.5': 'net- die(3)', podman: 'die(3) cleanup' },
  },
  {
    what: 'want of memory',
    live: (lives, id) => lives.die(id, { exitCode: 137, oom: true }),
    words: {
      '20.10': 'oom die(137) net-',
      '28.5': 'oom net- die(137)',
      podman: 'die(137) cleanup',
    },
  },
  {
    what: 'a stop',
    live: (lives, id) => lives.stop(id),
    words: {
      '20.10': 'kill(15) die(0) net- stop',
      '28.5': 'kill(15) net- stop die(0)',
      podman: 'die(0) cleanup',
    },
  },
  {
    what: 'a restart',
    live: (lives, id) => lives.restart(id),
    words: {
      '20.10': 'kill(15) die(0) net- stop net+ start restart',
      '28.5': 'kill(15) net- stop die(0) net+ start restart',
      podman: 'restart die(0) cleanup init start',
    },
  },
  {
    what: 'a crash under a policy',
    live: (lives, id) => lives.crash(id),
    words: {
      '20.10': 'die(1) net- net+ start',
      '28.5': 'net- die(1) net+ start',
      podman: 'die(1) cleanup restart init start',
    },
  },
  {
    what: 'rm -f',
    live: (lives, id) => lives.destroy(id),
    words: {
      '20.10': 'kill(9) die(137) net- destroy',
      '28.5': 'kill(9) net- die(137) destroy',
      podman: 'die(137) cleanup remove',
    },
  },
  {
    what: 'health and a command',
    live(lives, id) {
      lives.exec(id, 'true')
      lives.health(id, 'healthy')
    },
    words: {
      '20.10': 'exec_create: true exec_start: true exec_die(0) health_status: healthy',
      '28.5': 'exec_create: true exec_start: true exec_die(0) health_status: healthy',
      podman: 'exec exec_died health_status',
    },
  },
]

for (const { what, live, words } of sequences) {
  test(`${what} is told in each engine's own order`, () => {
    for (const [engine, expected] of Object.entries(words))
      assert.equal(told(engine, live), expected, engine)
  })
}

test('what inspect says goes along', async () => {
  const clock = createManualClock()
  const core = createEngineCore({ clock })
  const lives = createLives(core)
  const id = lives.create({ name: 'web', labels: { team: 'pay' } })
  const inspect = core.containers.get(id)!
  assert.deepEqual([inspect.State.Status, inspect.State.StartedAt.slice(0, 4)], ['created', '0001'])
  lives.start(id)
  assert.deepEqual([inspect.State.Status, inspect.State.Running], ['running', true])
  await clock.advance(5_000)
  lives.crash(id, { exitCode: 7 })
  assert.deepEqual([inspect.RestartCount, inspect.State.Running], [1, true])
  assert.equal(inspect.State.FinishedAt, '2026-11-22T00:00:04.999999000Z')
  lives.pause(id)
  assert.equal(inspect.State.Status, 'paused')
  lives.unpause(id)
  lives.rename(id, 'shop')
  assert.equal(inspect.Name, '/shop')
  lives.stop(id, { exitCode: 143 })
  assert.deepEqual([inspect.State.Status, inspect.State.ExitCode], ['exited', 143])
  lives.destroy(id)
  assert.equal(core.containers.size, 0)
  assert.throws(() => lives.start(id), /no such container/)
})

test("labels stand over the engine's own attributes, but for image and name", () => {
  const core = createEngineCore()
  const lives = createLives(core)
  const id = lives.run({ name: 'web', labels: { exitCode: '0', name: 'forged' } })
  const lines: string[] = []
  core.subscribe({}, { write: (text) => lines.push(text) > 0, end() {}, cut() {} })
  lives.die(id, { exitCode: 3 })
  assert.match(lines.join(''), /"Action":"die","Actor":\{[^}]*"exitCode":"0"[^}]*"name":"web"/)
})
