import { firstThen, onSignal, type Scenario } from '../scenario.ts'
import type { RunTruth } from '../truth.ts'

const MEMORY = { HostConfig: { Memory: 16 * 1024 * 1024, MemorySwap: 16 * 1024 * 1024 } }
/** Takes memory until the kernel ends it. */
const HOG = 'tail /dev/zero'

/** Ends by itself, in this way. */
const alone = (name: string, script: string, truth: RunTruth, more: object = {}): Scenario => ({
  name,
  runs: [truth],
  async act(hands) {
    await hands.create(script, more)
    await hands.start()
    await hands.over()
  },
})

const crashed = (exitCode: number): RunTruth => ({ cause: 'crashed', exitCode })
const oom: RunTruth = { cause: 'oom', exitCode: 137 }
const completed: RunTruth = { cause: 'completed', exitCode: 0 }

/** The main process, the kernel, or somebody on the host or inside ends it; the engine only looks on. */
export const byThemselves: readonly Scenario[] = [
  alone('completed-0', 'exit 0', completed),
  alone('completed-later', 'sleep 1; exit 0', completed),
  alone('crashed-1', 'exit 1', crashed(1)),
  alone('crashed-3', 'sleep 0.5; exit 3', crashed(3)),
  alone('crashed-own-137', 'exit 137', crashed(137)),
  alone('crashed-own-143', 'exit 143', crashed(143)),
  // A child's: what has no handler does not reach process 1 from inside.
  alone('crashed-segv', "sh -c 'kill -SEGV $$'; exit $?", crashed(139)),
  alone('crashed-abort', "sh -c 'kill -ABRT $$'; exit $?", crashed(134)),
  alone('crashed-kill-inside', "sh -c 'kill -KILL $$'; exit $?", crashed(137)),
  {
    name: 'oom-main',
    runs: [oom],
    async act(hands) {
      await hands.create(HOG.split(' '), MEMORY)
      await hands.start()
      await hands.over()
    },
  },
  alone('oom-child-passed-on', `${HOG}; exit $?`, oom, MEMORY),
  {
    name: 'policy-oom',
    runs: [oom, oom],
    async act(hands) {
      const RestartPolicy = { Name: 'on-failure', MaximumRetryCount: 1 }
      await hands.create(HOG.split(' '), { HostConfig: { ...MEMORY.HostConfig, RestartPolicy } })
      await hands.start()
      await hands.until('gave up', ({ State, RestartCount }) => {
        return State.Status === 'exited' && RestartCount >= 1
      })
    },
  },
  alone('oom-child-survived', `${HOG}; sleep 3; exit 0`, completed, MEMORY),
  alone('oom-child-then-crash', `${HOG}; sleep 2; exit 3`, crashed(3), MEMORY),
  alone('label-exit-code-0', 'exit 3', crashed(3), { Labels: { exitCode: '0' } }),
  alone('label-exit-code-1', 'exit 0', completed, { Labels: { exitCode: '1' } }),
  {
    name: 'killed-from-host',
    runs: [crashed(137)],
    async act(hands) {
      await hands.create('echo ready; sleep 60')
      await hands.start()
      await hands.ready()
      await hands.killFromHost()
      await hands.over()
    },
  },
  {
    name: 'exec-sends-term',
    runs: [completed],
    async act(hands) {
      await hands.create(onSignal('TERM', 'exit 0'))
      await hands.start()
      await hands.ready()
      await hands.exec('kill', '-TERM', '1')
      await hands.over()
    },
  },
  {
    name: 'rm-auto-completed',
    runs: [completed],
    async act(hands) {
      await hands.create('sleep 0.5; exit 0', { HostConfig: { AutoRemove: true } })
      await hands.start()
      await hands.pass(2_000)
    },
  },
  {
    name: 'rm-auto-crashed',
    runs: [crashed(3)],
    async act(hands) {
      await hands.create('sleep 0.5; exit 3', { HostConfig: { AutoRemove: true } })
      await hands.start()
      await hands.pass(2_000)
    },
  },
  {
    name: 'foreground-rm',
    runs: [completed],
    act: (hands) => hands.runInForeground('true'),
  },
  {
    name: 'policy-loop',
    runs: [crashed(1), crashed(1), crashed(1)],
    async act(hands) {
      const RestartPolicy = { Name: 'on-failure', MaximumRetryCount: 2 }
      await hands.create('exit 1', { HostConfig: { RestartPolicy } })
      await hands.start()
      await hands.until('gave up', ({ State, RestartCount }) => {
        return State.Status === 'exited' && RestartCount >= 2
      })
    },
  },
  {
    name: 'policy-after-host-kill',
    runs: [crashed(137), completed],
    async act(hands) {
      const RestartPolicy = { Name: 'on-failure', MaximumRetryCount: 3 }
      await hands.create(firstThen('echo ready; sleep 60', 'sleep 0.5; exit 0'), {
        HostConfig: { RestartPolicy },
      })
      await hands.start()
      await hands.ready()
      await hands.killFromHost()
      await hands.until(
        'ran again',
        ({ State, RestartCount }) => !State.Running && RestartCount > 0,
      )
    },
  },
]
