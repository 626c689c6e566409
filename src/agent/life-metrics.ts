import { Counter, Gauge, type Registry } from 'prom-client'
import type { LifeEntry, Sequenced } from '../model/entry.ts'
import type { Lineage } from '../model/life/lineage.ts'
import { lifeWordOf } from '../model/life/word.ts'
import type { LivesStatus } from '../lives/keeper.ts'

/** Metrics of what happened to containers. Ids and names are never labels: they have no bound. */
export interface LifeMetrics {
  recorded(entry: Sequenced): void
  /** What goes on, as the keeper of the lives says. */
  set(status: LivesStatus): void
}

const LABELS = ['project', 'service', 'image'] as const
type Labels = { readonly [L in (typeof LABELS)[number]]: string }

/** Projects, services and images come from outside: beyond so many together they count as `other`. */
const MAX_SERIES = 300
const OTHER: Labels = { project: 'other', service: 'other', image: 'other' }

export function createLifeMetrics(registry: Registry): LifeMetrics {
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
  const loops = new Gauge({
    name: 'auditor_container_restart_loops',
    help: 'Restart loops that go on: findings that are open (docs/findings.md).',
    registers,
  })
  const flapping = new Gauge({
    name: 'auditor_container_flapping_health',
    help: 'Lineages whose health goes to and fro: findings that are open (docs/findings.md).',
    registers,
  })
  loops.set(0)
  flapping.set(0)
  const series = new Set<string>()

  function labelsOf({ project = '', service = '' }: Lineage, image: string): Labels {
    const labels = { project, service, image }
    const key = JSON.stringify(labels)
    if (!series.has(key) && series.size >= MAX_SERIES) return OTHER
    series.add(key)
    return labels
  }

  function ended(life: LifeEntry): void {
    const { cause, lineage, container } = life
    deaths.inc({ ...labelsOf(lineage, container.image), cause })
  }

  return {
    recorded(entry) {
      if (entry.kind === 'life') return ended(entry)
      const word = entry.kind === 'record' ? lifeWordOf(entry, entry.seq) : undefined
      if (word?.says !== 'start' || word.about === undefined) return
      starts.inc(labelsOf(word.about.lineage, word.about.image))
    },
    set({ open }) {
      loops.set(open['restart-loop'])
      flapping.set(open['flapping-health'])
    },
  }
}
