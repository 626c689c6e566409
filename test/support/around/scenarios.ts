import { onSignal, type Scenario } from '../causes/scenario.ts'
import type { Hands } from '../causes/hands.ts'

const UP = onSignal('TERM', 'exit 0')
const MIB = 1024 * 1024

/** Something happens to a container that goes on until it is stopped. */
const meanwhile = (
  name: string,
  act: (hands: Hands) => Promise<void>,
  more: object = {},
): Scenario => ({
  name,
  runs: [],
  async act(hands) {
    await hands.create(UP, more)
    await hands.start()
    await hands.ready()
    await act(hands)
    await hands.stop(5)
    await hands.over()
  },
})

/** Podman's timers of health checks need a systemd: there it is asked for by hand. */
const Healthcheck = {
  Test: ['CMD', 'test', '-e', '/well'],
  Interval: 1e9,
  Timeout: 5e9,
  Retries: 1,
}

async function turn(hands: Hands, ...turns: readonly ('healthy' | 'unhealthy')[]): Promise<void> {
  for (const status of turns) {
    await hands.exec(status === 'healthy' ? 'touch' : 'rm', '/well')
    await hands.health(status)
  }
}

const execs: readonly Scenario[] = [
  meanwhile('exec-0', (hands) => hands.exec('true')),
  meanwhile('exec-3', (hands) => hands.exec('sh', '-c', 'exit 3')),
  meanwhile('exec-long', (hands) => hands.exec('sleep', '2')),
  meanwhile('exec-two', async (hands) => {
    await Promise.all([
      hands.exec('sh', '-c', 'sleep 0.8; exit 4'),
      hands.exec('sh', '-c', 'sleep 0.4; exit 5'),
    ])
  }),
  // Nobody is told that it can't be: 20.10 answers with an error, others with nothing.
  meanwhile('exec-missing', (hands) => hands.exec('/no/such/binary').catch(() => undefined)),
  meanwhile('exec-label', (hands) => hands.exec('true'), { Labels: { execID: 'mine' } }),
  {
    name: 'exec-killed-by-stop',
    runs: [],
    async act(hands) {
      await hands.create(UP)
      await hands.start()
      await hands.ready()
      const running = hands.exec('sleep', '60').catch(() => undefined)
      await hands.pass(700)
      await hands.stop(5)
      await running
      await hands.over()
    },
  },
  meanwhile(
    'exec-health-check',
    async (hands) => {
      await turn(hands, 'healthy')
      await hands.exec('date')
    },
    { Healthcheck },
  ),
]

const limits = { Memory: 64 * MIB, MemorySwap: 128 * MIB }
const more = { Memory: 128 * MIB, MemorySwap: 256 * MIB }
const retry = { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } }

const update = (name: string, change: object): Scenario => ({
  ...meanwhile(
    name,
    async (hands) => {
      // What inspect said at the start speaks of the time before it, for certain.
      await hands.pass(1_500)
      await hands.update(change)
      await hands.pass(500)
    },
    { HostConfig: limits },
  ),
  skipped: { podman: 'POST /containers/ID/update is answered by 404' },
})

const updates: readonly Scenario[] = [
  update('update-memory', more),
  update('update-restart', retry),
  update('update-both', { ...more, ...retry }),
  update('update-nothing', limits),
]

const loops: readonly Scenario[] = [
  {
    name: 'loop',
    runs: [],
    async act(hands) {
      await hands.create('exit 1', { HostConfig: { RestartPolicy: { Name: 'always' } } })
      await hands.start()
      await hands.until('ran again and again', ({ RestartCount }) => RestartCount >= 6)
      await hands.stop(5)
      await hands.over()
    },
  },
  {
    name: 'loop-of-four',
    runs: [],
    async act(hands) {
      await hands.create('exit 1', { HostConfig: retry })
      await hands.start()
      await hands.until('gave up', ({ State, RestartCount }) => {
        return State.Status === 'exited' && RestartCount >= 3
      })
    },
  },
]

const health: readonly Scenario[] = [
  meanwhile(
    'health-flaps',
    (hands) => turn(hands, 'healthy', 'unhealthy', 'healthy', 'unhealthy', 'healthy'),
    { Healthcheck },
  ),
  meanwhile('health-changes-twice', (hands) => turn(hands, 'healthy', 'unhealthy', 'healthy'), {
    Healthcheck,
  }),
]

/** What happens to containers while they run, made on purpose. How they end is what `causes` is about. */
export const aroundScenarios: readonly Scenario[] = [...execs, ...updates, ...loops, ...health]
