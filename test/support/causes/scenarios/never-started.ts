import type { Scenario } from '../scenario.ts'

const onPort = (port: number): object => ({
  ExposedPorts: { '80/tcp': {} },
  HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: String(port) }] } },
})

const failed = { cause: 'start-failed' } as const
const completed = { cause: 'completed', exitCode: 0 } as const

const failures: readonly Scenario[] = [
  {
    name: 'start-no-binary',
    runs: [failed],
    async act(hands) {
      await hands.create(['/no/such/binary'])
      await hands.startInVain()
    },
  },
  {
    name: 'start-not-executable',
    runs: [failed],
    async act(hands) {
      await hands.create(['/etc/passwd'])
      await hands.startInVain()
    },
  },
  {
    name: 'start-port-taken',
    runs: [failed],
    async act(hands) {
      await hands.takePort()
      await hands.create('exit 0', onPort(hands.port))
      await hands.startInVain()
    },
  },
  {
    name: 'start-no-network',
    runs: [failed],
    skipped: { podman: 'refused at create: there is no container' },
    async act(hands) {
      await hands.create('exit 0', { HostConfig: { NetworkMode: 'no-such-network' } })
      await hands.startInVain()
    },
  },
  {
    name: 'second-start-no-binary',
    runs: [completed, failed],
    async act(hands) {
      await hands.create(['/bin/ash', '-c', 'sleep 0.3; rm /bin/ash'])
      await hands.start()
      await hands.over()
      await hands.startInVain()
    },
  },
  {
    name: 'second-start-port-taken',
    runs: [completed, { ...failed, untold: 'moby 2.0 sends nothing at all of it' }],
    async act(hands) {
      await hands.create('sleep 0.3; exit 0', onPort(hands.port))
      await hands.start()
      await hands.over()
      await hands.takePort()
      await hands.startInVain()
    },
  },
]

/** Engines send neither `start` nor `die` where a start fails. */
export const neverStarted: readonly Scenario[] = failures.map((scenario) => ({
  ...scenario,
  // Long enough for an agent that waits for a start and then asks why there was none.
  staysMs: 5_000,
}))
