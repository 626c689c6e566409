import { LRUCache } from 'lru-cache'
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Clock } from '../actors/clock.ts'
import type { LifeEntry, Sequenced } from '../model/entry.ts'
import type { Lineage } from '../model/life/lineage.ts'
import { isTrouble } from '../model/life/sentence.ts'
import { LOOP_DEATHS, LOOP_WINDOW } from '../model/life/loop.ts'
import { lifeWordOf } from '../model/life/word.ts'
import { nanosFromMillis, type Nanoseconds } from '../model/time.ts'

/** Metrics of what happened to containers. Ids and names are never labels: they have no bound. */
export interface LifeMetrics {
  recorded(entry: Sequenced): void
}

const LABELS = ['project', 'service', 'image'] as const
type Labels = { readonly [L in (typeof LABELS)[number]]: string }

/** Projects, services and images come from outside: beyond so many together they count as `other`. */
const MAX_SERIES = 300
const OTHER: Labels = { project: 'other', service: 'other', image: 'other' }
/** Lineages whose ends are remembered, to tell loops. */
const MAX_LINEAGES = 1_000

export function createLifeMetrics(registry: Registry, clock: Pick<Clock, 'now'>): LifeMetrics {
  const registers = [registry]
  const starts = new Counter({
    name: 'auditor_container_starts_total',
    help: 'Starts of containers seen; beyond 300 services and images: other.',
    labelNames: LABELS,
    registers,
  })
  const deaths = new Counter({
    name: 'auditor_container_deaths_total',
    help: 'Ends of containers told, by cause (docs/causes.md); beyond 300 services and images: other.',
    labelNames: [...LABELS, 'cause'],
    registers,
  })
  const ends = new LRUCache<string, readonly Nanoseconds[]>({ max: MAX_LINEAGES })
  const loops = new Gauge({
    name: 'auditor_container_restart_loops',
    help: 'Lineages with 5 ends within 5 minutes that nobody asked for, until 5 minutes are quiet.',
    registers,
    collect() {
      const now = nanosFromMillis(clock.now())
      this.set(
        ends
          .values()
          .filter((times) => isLoop(times, now))
          .toArray().length,
      )
    },
  })
  loops.set(0)
  const series = new Set<string>()

  function labelsOf({ project = '', service = '' }: Lineage, image: string): Labels {
    const labels = { project, service, image }
    const key = JSON.stringify(labels)
    if (!series.has(key) && series.size >= MAX_SERIES) return OTHER
    series.add(key)
    return labels
  }

  function ended(life: LifeEntry): void {
    const { cause, lineage, container, engine, endedAt } = life
    deaths.inc({ ...labelsOf(lineage, container.image), cause })
    if (endedAt === undefined || !isTrouble(life)) return
    const key = `${engine.id} ${lineage.key}`
    ends.set(key, [...(ends.get(key) ?? []), endedAt].slice(-LOOP_DEATHS))
  }

  return {
    recorded(entry) {
      if (entry.kind === 'life') return ended(entry)
      const word = entry.kind === 'record' ? lifeWordOf(entry, entry.seq) : undefined
      if (word?.says !== 'start' || word.about === undefined) return
      starts.inc(labelsOf(word.about.lineage, word.about.image))
    },
  }
}

function isLoop(times: readonly Nanoseconds[], now: Nanoseconds): boolean {
  const [first, last] = [times.at(-LOOP_DEATHS), times.at(-1)]
  if (first === undefined || last === undefined) return false
  return last - first <= LOOP_WINDOW && now - last <= LOOP_WINDOW
}
