import type { ContainerFacts } from '../../../src/model/container-facts.ts'
import { ENGINE_ATTRIBUTES } from '../../../src/model/engine-attributes.ts'
import { gapOf, markerOf } from '../../../src/model/entry-factory.ts'
import type { Entry, Sequenced } from '../../../src/model/entry.ts'
import { engine, factsOf, record } from '../records.ts'

/** What execs run whose ids begin with an `h`. */
export const HEALTH_CHECK = '/check me'

/** What is the same for a whole story. */
export interface Telling {
  readonly id?: string
  readonly labels?: { readonly [name: string]: string }
  readonly facts?: Partial<ContainerFacts>
  /** Inspect was not asked: only the events tell of labels. */
  readonly isBare?: boolean
  readonly isPodman?: boolean
  /** The agent's filter chooses among the events of a container. */
  readonly isFiltered?: boolean
  /** When it begins, in ms. */
  readonly at?: number
}

/**
 * A story as entries: `create start +5000 kill(15) +20 die(0) stop`. Words are an engine's actions with
 * a signal, an exit code or a status in brackets; `+ms` lets time pass, of which 10 ms pass by
 * themselves. `exec_create(e1)`, `exec_start(e1)` and `exec_die(e1:3)` are of one exec. `gap(ms)`, `gap!(ms)` (the engine began anew), `lost` and `back` are the recorder's own.
 */
export function tell(story: string, telling: Telling = {}): Sequenced[] {
  const {
    id = 'c1',
    labels = {},
    facts,
    isPodman = false,
    isBare = false,
    isFiltered = false,
  } = telling
  let at = telling.at ?? 0
  let seq = 0
  const entries: Sequenced[] = []
  const push = (entry: Entry): void => {
    seq += 1
    entries.push({ ...entry, seq })
  }
  for (const word of story.trim().split(/\s+/)) {
    const [, name = '', value = ''] = /^([^(]+)(?:\((.*)\))?$/.exec(word) ?? []
    if (name.startsWith('+')) {
      at += Number(name.slice(1))
      continue
    }
    at += 10
    const time = record('x', { at }).time
    if (name === 'gap' || name === 'gap!') {
      const from = time - BigInt(value) * 1_000_000n
      const cause = name === 'gap' ? 'reconnect' : 'engine-restart'
      push(gapOf({ engine, from, to: time, cause, certainty: 'possible' }))
      continue
    }
    if (name === 'lost' || name === 'back') {
      const marker = name === 'lost' ? 'engine-lost' : 'engine-connected'
      push(markerOf({ time, engine, marker, data: {} }))
      continue
    }
    const own: { [name: string]: string } = {}
    if (name === 'kill' && value !== '') own['signal'] = value
    if (name === 'die') {
      own['exitCode'] = value
      if (isPodman) own['containerExitCode'] = value
    }
    const [execID = '', code = '0'] = value.split(':')
    if (name.startsWith('exec') && value !== '') own['execID'] = execID
    if (name === 'exec_die') own['exitCode'] = code
    const action =
      name === 'health'
        ? `health_status: ${value}`
        : (name === 'exec_create' || name === 'exec_start') && value !== ''
          ? `${name}: ${execID.startsWith('h') ? HEALTH_CHECK : `run ${execID}`}`
          : name
    const attributes = { image: 'shop/api:1', name: `name-of-${id}`, ...own, ...labels }
    const entry = record(action, { id, at, attributes })
    push(
      isBare || (facts === undefined && Object.keys(labels).length === 0)
        ? entry
        : {
            ...entry,
            container: factsOf(id, { labels, ...facts }),
            enrichment: 'cached',
            flags: ENGINE_ATTRIBUTES.some((each) => Object.hasOwn(labels, each))
              ? ['label-shadows-attribute']
              : [],
          },
    )
  }
  if (!isFiltered) return entries
  return entries.map((entry) =>
    entry.kind === 'record' && /^(die|exec_create|exec_start)/.test(entry.event.action)
      ? { ...entry, flags: [...entry.flags, 'evidence-filtered'] }
      : entry,
  )
}
