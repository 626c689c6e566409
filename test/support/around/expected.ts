import { scenarioOf, type EngineFamily } from '../causes/truth.ts'

/** What is told of a container. */
export interface Around {
  /** What people ran in it, in a line each; sorted, since what runs at once has no order. */
  readonly people: readonly string[]
  /** The exit codes of its health checks, the same ones in a row as one. */
  readonly checks: readonly string[]
  readonly updates: readonly string[]
  readonly findings: readonly string[]
}

const NOTHING: Around = { people: [], checks: [], updates: [], findings: [] }

const FLAPPED = ['flapping-health opened', 'flapping-health resolved']

const ended = (command: string, code: number): string => `${command}: person, exit ${code}, ended`
const touched = ended('touch /well', 0)
const removed = ended('rm /well', 0)

/** A label stands in the place of its id. */
const forged = 'true: person, exit ?, end not told (container ended)'
/** Docker tells that it was started, and no end. */
const missing = '/no/such/binary: person, exit ?, end not told (container ended)'

const onDocker: { readonly [scenario: string]: Partial<Around> } = {
  'exec-0': { people: [ended('true', 0)] },
  'exec-3': { people: [ended('sh -c exit 3', 3)] },
  'exec-long': { people: [ended('sleep 2', 0)] },
  'exec-two': {
    people: [ended('sh -c sleep 0.4; exit 5', 5), ended('sh -c sleep 0.8; exit 4', 4)],
  },
  'exec-missing': { people: [missing] },
  'exec-label': { people: [forged] },
  'exec-killed-by-stop': { people: [ended('sleep 60', 137)] },
  'exec-health-check': { people: [ended('date', 0), touched], checks: ['0'] },
  'update-memory': {
    updates: ['memory 64 MiB -> 128 MiB, memory-swap 128 MiB -> 256 MiB'],
  },
  'update-restart': { updates: ['restart no -> on-failure:3'] },
  'update-both': {
    updates: [
      'memory 64 MiB -> 128 MiB, memory-swap 128 MiB -> 256 MiB, restart no -> on-failure:3',
    ],
  },
  'update-nothing': { updates: ['nothing that is recorded was changed'] },
  loop: { findings: ['restart-loop opened', 'restart-loop resolved'] },
  'loop-of-four': {},
  'health-flaps': {
    people: [removed, removed, touched, touched, touched],
    checks: ['0', '1', '0', '1', '0'],
    findings: FLAPPED,
  },
  'health-changes-twice': { people: [removed, touched, touched], checks: ['0', '1', '0'] },
}

/** Podman tells neither the command of an exec nor its id: who ran it is not known where there is a health check. */
const some = (who: 'person' | 'unknown', count: number): Partial<Around> => ({
  people: Array.from({ length: count }, () => `?: ${who}, exit ?, end not told (container ended)`),
})

const onPodman: { readonly [scenario: string]: Partial<Around> } = {
  'exec-0': some('person', 1),
  'exec-3': some('person', 1),
  'exec-long': some('person', 1),
  'exec-two': some('person', 2),
  // It tells nothing of one that can't be started.
  'exec-missing': {},
  'exec-label': some('person', 1),
  'exec-killed-by-stop': some('person', 1),
  'exec-health-check': some('unknown', 2),
  loop: onDocker['loop']!,
  'loop-of-four': {},
  'health-flaps': { ...some('unknown', 5), findings: FLAPPED },
  'health-changes-twice': some('unknown', 3),
}

const ON: { readonly [F in EngineFamily]: typeof onDocker } = {
  docker: onDocker,
  podman: onPodman,
}

/** The truth of a container of a recording, as far as its engine tells it. */
export function expectedOf(family: EngineFamily, container: string): Around {
  const scenario = scenarioOf(container) ?? ''
  const expected = ON[family][scenario]
  if (expected === undefined) throw new Error(`nothing is expected of ${scenario} on ${family}`)
  return { ...NOTHING, ...expected }
}
