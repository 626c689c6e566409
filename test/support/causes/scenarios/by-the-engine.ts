import type { Hands } from '../hands.ts'
import { DEAF, firstThen, onSignal, RELAY, type Scenario } from '../scenario.ts'
import type { RunTruth } from '../truth.ts'

const completed: RunTruth = { cause: 'completed', exitCode: 0 }
const crashed = (exitCode: number): RunTruth => ({ cause: 'crashed', exitCode })
const stopped = (exitCode: number): RunTruth => ({ cause: 'stopped', exitCode })
const timedOut: RunTruth = { cause: 'stop-timeout', exitCode: 137 }
const killed = (signal: number, exitCode = 128 + signal): RunTruth => ({
  cause: 'killed',
  signal,
  exitCode,
})

/** It runs, then this is done to it, then it is over. */
const running = (
  name: string,
  script: string,
  runs: readonly RunTruth[],
  act: (hands: Hands) => Promise<void>,
  more: object = {},
): Scenario => ({
  name,
  runs,
  async act(hands) {
    await hands.create(script, more)
    await hands.start()
    await hands.ready()
    await act(hands)
    await hands.over()
  },
})

const stop = (name: string, script: string, truth: RunTruth, more?: object): Scenario =>
  running(name, script, [truth], (hands) => hands.stop(10), more)

const kill = (name: string, script: string, signal: string, truth: RunTruth): Scenario =>
  running(name, script, [truth], (hands) => hands.kill(signal))

const stops: readonly Scenario[] = [
  stop('stop-exit-0', onSignal('TERM', 'exit 0'), stopped(0)),
  stop('stop-exit-1', onSignal('TERM', 'exit 1'), stopped(1)),
  stop('stop-exit-143', RELAY, stopped(143)),
  stop('stop-signal-int', onSignal('INT', 'exit 130'), stopped(130), { StopSignal: 'SIGINT' }),
  stop('label-signal', onSignal('TERM', 'exit 0'), stopped(0), { Labels: { signal: '1' } }),
  running('stop-timeout', DEAF, [timedOut], (hands) => hands.stop(1)),
  running('kill-ignored-then-stop', DEAF, [timedOut], async (hands) => {
    await hands.kill('TERM')
    await hands.pass(700)
    await hands.stop(1)
  }),
  running('stop-slow', onSignal('TERM', 'sleep 2; exit 0'), [stopped(0)], (hands) =>
    hands.stop(20),
  ),
  running('stop-then-rm', onSignal('TERM', 'exit 0'), [stopped(0)], async (hands) => {
    await hands.stop(10)
    await hands.remove(false)
  }),
]

const kills: readonly Scenario[] = [
  kill('kill-kill', DEAF, 'KILL', killed(9)),
  kill('kill-term', RELAY, 'TERM', killed(15)),
  kill('kill-term-handled', onSignal('TERM', 'exit 0'), 'TERM', killed(15, 0)),
  kill('kill-hup', RELAY, 'HUP', killed(1)),
  kill('kill-int', onSignal('INT', 'exit 130'), 'INT', killed(2)),
  kill('kill-usr1', RELAY, 'USR1', killed(10)),
  kill(
    'kill-hup-survived',
    'trap ":" HUP; echo ready; for i in $(seq 30); do sleep 0.1; done; exit 0',
    'HUP',
    completed,
  ),
  running('pause-kill', DEAF, [killed(9)], async (hands) => {
    await hands.pause()
    await hands.kill('KILL')
  }),
  {
    ...running('pause-stop', onSignal('TERM', 'exit 0'), [stopped(0)], async (hands) => {
      await hands.pause()
      await hands.stop(10)
    }),
    skipped: { podman: 'it refuses to stop a paused container' },
  },
  running('policy-killed', DEAF, [killed(9)], (hands) => hands.kill('KILL'), {
    HostConfig: { RestartPolicy: { Name: 'always' } },
  }),
]

const removals: readonly Scenario[] = [
  {
    ...running('rm-force', DEAF, [{ cause: 'removed', exitCode: 137, alike: ['killed'] }], () =>
      Promise.resolve(),
    ),
    async act(hands) {
      await hands.create(DEAF)
      await hands.start()
      await hands.ready()
      await hands.remove(true)
    },
  },
  {
    name: 'kill-then-rm',
    // The same events as `rm --force`.
    runs: [{ ...killed(9), alike: ['removed'] }],
    async act(hands) {
      await hands.create(DEAF)
      await hands.start()
      await hands.ready()
      await hands.kill('KILL')
      await hands.over()
      await hands.remove(false)
    },
  },
]

const LATER = 'sleep 0.5; exit 0'

const restarts: readonly Scenario[] = [
  {
    name: 'restart-handled',
    runs: [{ cause: 'restarted', exitCode: 0 }, completed],
    async act(hands) {
      await hands.create(firstThen(onSignal('TERM', 'exit 0'), LATER))
      await restartOnce(hands, 10)
    },
  },
  {
    name: 'restart-ignored',
    runs: [{ cause: 'restarted', exitCode: 137 }, completed],
    async act(hands) {
      await hands.create(firstThen(DEAF, LATER))
      await restartOnce(hands, 1)
    },
  },
  {
    name: 'restart-of-a-stopped-one',
    runs: [crashed(1), completed],
    async act(hands) {
      await hands.create(firstThen('exit 1', LATER))
      await hands.start()
      await hands.over()
      await hands.restart(10)
      await hands.over()
    },
  },
  {
    name: 'stop-then-start',
    runs: [stopped(0), completed],
    async act(hands) {
      await hands.create(firstThen(onSignal('TERM', 'exit 0'), LATER))
      await hands.start()
      await hands.ready()
      await hands.stop(10)
      await hands.start()
      await hands.over()
    },
  },
  {
    name: 'stop-in-back-off',
    runs: [crashed(1)],
    more: true,
    skipped: { podman: 'it starts again at once, without a back-off' },
    async act(hands) {
      await hands.create('exit 1', { HostConfig: { RestartPolicy: { Name: 'always' } } })
      await hands.start()
      await hands.until('is in its back-off', ({ State, RestartCount }) => {
        return RestartCount >= 5 && State.Status === 'restarting'
      })
      await hands.stop(10)
      await hands.over()
    },
  },
]

async function restartOnce(hands: Hands, seconds: number): Promise<void> {
  await hands.start()
  await hands.ready()
  await hands.restart(seconds)
  await hands.over()
}

/** Somebody asks the engine to end it. */
export const byTheEngine: readonly Scenario[] = [...stops, ...kills, ...removals, ...restarts]
