import type { AlertRule } from '../config/alert-rules.ts'
import type { AlertEntry } from '../model/alert.ts'
import type { Entry, Record } from '../model/entry.ts'
import { lineageOf, type Lineage } from '../model/life/lineage.ts'

/** Whom an entry is about, as far as it says so. */
export interface About {
  readonly container?: NonNullable<AlertEntry['container']>
  readonly lineage?: Lineage
}

export function aboutOf(entry: Entry): About {
  switch (entry.kind) {
    case 'record':
      return aboutRecord(entry)
    case 'life':
    case 'finding': {
      const { id, name, image } = entry.container
      return { container: { id, name, image }, lineage: entry.lineage }
    }
    case 'gap':
    case 'marker':
    case 'alert':
      return {}
  }
}

function aboutRecord({ event, container: facts }: Record): About {
  const { type, actorId, attributes } = event
  if (type !== 'container') {
    const name = `${type} ${attributes['name'] ?? actorId}`.trimEnd()
    return { lineage: { key: JSON.stringify([type, actorId]), name } }
  }
  const name = facts?.name ?? attributes['name'] ?? actorId.slice(0, 12)
  return {
    container: { id: actorId, name, image: facts?.image.name ?? attributes['image'] ?? '' },
    lineage: lineageOf(name, facts?.labels ?? attributes),
  }
}

/** What matches of a rule are grouped by: unique within the rule, and for people. */
export interface Group {
  readonly key: string
  readonly name: string
}

/** The same on two engines are two, unless there is one group for all. */
export function groupOf(
  { by }: AlertRule,
  { engine }: Entry,
  { container, lineage }: About,
): Group {
  if (by === 'none') return { key: '', name: 'all' }
  const where = engine?.name ?? 'auditor'
  const value = {
    lineage: lineage?.key,
    container: container?.id,
    image: container?.image,
    project: lineage?.project,
    service: lineage?.service,
    engine: '',
  }[by]
  const name = {
    lineage: lineage?.name,
    container: container?.name,
    image: container?.image,
    project: lineage?.project,
    service: lineage?.service,
    engine: where,
  }[by]
  return { key: JSON.stringify([engine?.id ?? '', value ?? '']), name: name ?? where }
}
