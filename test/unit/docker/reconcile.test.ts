import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Comparison } from '../../../src/docker/comparison.ts'
import { infer } from '../../../src/docker/reconcile.ts'
import type { StateFacts } from '../../../src/model/container-facts.ts'
import type { KnownContainer } from '../../../src/model/container-state.ts'
import { factsOf } from '../../support/records.ts'

const S = 1_000_000_000n
const hole = { from: 100n * S, to: 200n * S }

/** Known before the hole: running since 50, unless said otherwise. */
function known(changes: Partial<KnownContainer> = {}): KnownContainer {
  const attributes = { image: 'shop/api:1', name: 'name-of-c', tier: 'web' }
  const running = {
    status: 'running',
    startedAt: 50n * S,
    health: 'starting',
    at: 50n * S,
  } as const
  return { id: 'c', attributes, createdAt: 49n * S, statusAt: 50n * S, ...running, ...changes }
}

function found(state: Partial<StateFacts>, changes: { created?: bigint; name?: string } = {}) {
  const facts = factsOf('c')
  return { ...facts, created: 48n * S, ...changes, state: { ...facts.state, ...state } }
}

/** In short: `die(exitCode 3) 120..200 @120`. */
function concluded(
  comparison: Partial<Comparison> & Pick<Comparison, 'before' | 'found'>,
): string[] {
  const events = infer({ hole, now: comparison.before, ...comparison })
  for (const { time, earliest, latest } of events) assert.ok(earliest <= time && time <= latest)
  for (const [index, { time }] of events.entries()) {
    assert.ok(index === 0 || events[index - 1]!.time < time, 'in order')
  }
  return events.map(({ action, attributes, earliest, latest }) => {
    const said = Object.entries(attributes).map(([name, value]) => `${name} ${value}`)
    const about = said.length === 0 ? '' : `(${said.join(', ')})`
    return `${action}${about} ${seconds(earliest)}..${seconds(latest)}`
  })
}

const seconds = (time: bigint): string => String(Number(time) / 1e9)

const running = (startedAt: bigint, more: Partial<StateFacts> = {}): Partial<StateFacts> => ({
  status: 'running',
  startedAt: startedAt * S,
  ...more,
})
const exited = (
  startedAt: bigint,
  finishedAt: bigint,
  exitCode: number,
  more: Partial<StateFacts> = {},
): Partial<StateFacts> => ({
  status: 'exited',
  startedAt: startedAt * S,
  finishedAt: finishedAt * S,
  exitCode,
  ...more,
})
const down = known({ status: 'exited', finishedAt: 60n * S, at: 60n * S, exitCode: 0 })
const fresh = known({ status: 'created' })
delete (fresh as { startedAt?: bigint }).startedAt

const cases: readonly (readonly [
  what: string,
  comparison: Partial<Comparison> & Pick<Comparison, 'before' | 'found'>,
  expected: readonly string[],
])[] = [
  ['nothing happened to one that runs', { before: known(), found: found(running(49n)) }, []],
  ['nothing happened to one that is down', { before: down, found: found(exited(49n, 59n, 0)) }, []],
  [
    'nothing happened to one that was made',
    { before: fresh, found: found({ status: 'created' }) },
    [],
  ],
  [
    'it was made',
    { before: undefined, found: found({ status: 'created' }, { created: 120n * S }) },
    ['create 120..200'],
  ],
  [
    'it was made and started',
    { before: undefined, found: found(running(130n), { created: 120n * S }) },
    ['create 120..130', 'start 130..200'],
  ],
  [
    'it was made, ran and ended',
    { before: undefined, found: found(exited(130n, 140n, 3), { created: 120n * S }) },
    ['create 120..130', 'start 130..200', 'die(exitCode 3) 140..200'],
  ],
  [
    'it was made, ran, ended and was started again',
    {
      before: undefined,
      found: found(running(150n, { finishedAt: 140n * S }), { created: 120n * S }),
    },
    ['create 120..150', 'start 120..150', 'die 140..150', 'start 150..200'],
  ],
  ['it was started', { before: fresh, found: found(running(130n)) }, ['start 130..200']],
  [
    'it ended',
    { before: known(), found: found(exited(49n, 140n, 7)) },
    ['die(exitCode 7) 140..200'],
  ],
  [
    'it ended for want of memory',
    { before: known(), found: found(exited(49n, 140n, 137, { oomKilled: true })) },
    ['die(exitCode 137, oomKilled true) 140..200'],
  ],
  [
    'its end is stamped before its start was told',
    { before: known({ startedAt: 100n * S, at: 100n * S }), found: found(exited(99n, 99n, 1)) },
    ['die(exitCode 1) 99..200'],
  ],
  [
    'it was restarted',
    { before: known(), found: found(running(150n, { finishedAt: 140n * S })) },
    ['die 140..150', 'start 150..200'],
  ],
  [
    'it was restarted by policy, more than once',
    {
      before: known({ restartCount: 1 }),
      found: found(running(150n, { finishedAt: 140n * S, restartCount: 4 })),
    },
    ['die 140..150', 'start(restarts 3) 150..200'],
  ],
  [
    'it was restarted and ended',
    { before: known(), found: found(exited(150n, 160n, 1)) },
    ['die 100..150', 'start 150..200', 'die(exitCode 1) 160..200'],
  ],
  ['it was started again', { before: down, found: found(running(150n)) }, ['start 150..200']],
  [
    'it was started again, twice',
    { before: down, found: found(running(150n, { finishedAt: 140n * S })) },
    ['start 100..150', 'die 140..150', 'start 150..200'],
  ],
  [
    'it was paused',
    { before: known(), found: found({ status: 'paused', startedAt: 49n * S }) },
    ['pause 100..200'],
  ],
  [
    'it goes on',
    { before: known({ status: 'paused' }), found: found(running(49n)) },
    ['unpause 100..200'],
  ],
  [
    'it was paused and killed',
    { before: known({ status: 'paused' }), found: found(exited(49n, 140n, 137)) },
    ['die(exitCode 137) 140..200'],
  ],
  [
    'it was restarted and paused',
    {
      before: known(),
      found: found({ status: 'paused', startedAt: 150n * S, finishedAt: 140n * S }),
    },
    ['die 140..150', 'start 150..200', 'pause 150..200'],
  ],
  [
    'it got well',
    { before: known(), found: found(running(49n, { health: 'healthy' })) },
    ['health_status: healthy 100..200'],
  ],
  [
    'it was restarted and got well again',
    {
      before: known({ health: 'healthy' }),
      found: found(running(150n, { finishedAt: 140n * S, health: 'healthy' })),
    },
    ['die 140..150', 'start 150..200', 'health_status: healthy 150..200'],
  ],
  [
    'of health nothing was known',
    {
      before: known({ health: undefined as never }),
      found: found(running(49n, { health: 'unhealthy' })),
    },
    [],
  ],
  [
    'it has another name',
    { before: known(), found: found(running(49n), { name: 'new' }) },
    ['rename(oldName /name-of-c) 100..200'],
  ],
  [
    'it ended and was removed',
    { before: known(), found: undefined },
    ['die 100..200', 'destroy 100..200'],
  ],
  ['it was removed', { before: down, found: undefined }, ['destroy 100..200']],
  ['nothing is known of what is not there', { before: undefined, found: undefined }, []],
  [
    'something is known from within the hole',
    { before: known({ at: 110n * S }), found: undefined },
    ['die 100..200', 'destroy 100..200'],
  ],
  ['after the hole the stream tells: a start', { before: down, found: found(running(210n)) }, []],
  [
    'after the hole the stream tells: an end',
    { before: known(), found: found(exited(49n, 210n, 1)) },
    [],
  ],
  [
    'the end was in the hole, the start is after it',
    { before: known(), found: found(running(210n, { finishedAt: 190n * S })) },
    ['die 190..200'],
  ],
  [
    'the stream told the start and the end meanwhile',
    {
      before: known(),
      now: known({ startedAt: 205n * S, finishedAt: 204n * S, at: 205n * S }),
      found: found(running(199n, { finishedAt: 198n * S })),
    },
    [],
  ],
  [
    'it was restarted, and the stream told that it ended',
    {
      before: known(),
      now: known({ status: 'exited', finishedAt: 210n * S, at: 210n * S }),
      found: found(running(150n, { finishedAt: 140n * S })),
    },
    ['die 140..150', 'start 150..200'],
  ],
  [
    'the stream told that it goes on',
    {
      before: known(),
      now: known({ statusAt: 210n * S, at: 210n * S }),
      found: found({ status: 'paused', startedAt: 49n * S }),
    },
    [],
  ],
  [
    'the stream told another thing of it, and not that it was paused',
    {
      before: known(),
      now: known({ at: 210n * S }),
      found: found({ status: 'paused', startedAt: 49n * S }),
    },
    ['pause 100..200'],
  ],
  [
    'the stream told that it ended, and not that it has another name',
    {
      before: known(),
      now: known({ status: 'exited', statusAt: 210n * S, finishedAt: 210n * S, at: 210n * S }),
      found: found(exited(49n, 209n, 0), { name: 'new' }),
    },
    ['rename(oldName /name-of-c) 100..200'],
  ],
  [
    'the stream told its new name',
    {
      before: known(),
      now: known({ attributes: { image: 'shop/api:1', name: 'new' }, at: 210n * S }),
      found: found(running(49n), { name: 'new' }),
    },
    [],
  ],
  [
    'the stream has spoken of it since, so it was there',
    { before: down, now: known({ at: 210n * S }), found: undefined },
    [],
  ],
  [
    'it was kept out of the trail before the hole',
    { before: undefined, found: found(exited(49n, 60n, 1)) },
    [],
  ],
  [
    'it was kept out of the trail and ended in the hole',
    { before: undefined, found: found(exited(49n, 140n, 1)) },
    ['die(exitCode 1) 140..200'],
  ],
  [
    'its state contradicts its times',
    { before: known({ finishedAt: 150n * S }), found: found(exited(49n, 140n, 1)) },
    ['die(exitCode 1) 100..200'],
  ],
  ['there are no times', { before: down, found: found({ status: 'running' }) }, ['start 100..200']],
]

for (const [what, comparison, expected] of cases) {
  test(what, () => assert.deepEqual(concluded(comparison), expected))
}
