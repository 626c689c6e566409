import { LABEL, type Filter } from './syntax.ts'

/** What is the same for all events of one container, but for a rename; all of them are of one type. */
const OF_CONTAINERS: ReadonlySet<string> = new Set([
  'type', 'name', 'image', 'id', 'label', 'project', 'service', 'engine',
]) // prettier-ignore

/** Whether a filter lets some events of a container pass and others not. */
export function dependsOnEvent(filter: Filter): boolean {
  switch (filter.op) {
    case 'all':
    case 'word':
      return false
    case 'and':
    case 'or':
      return filter.parts.some(dependsOnEvent)
    case 'not':
      return dependsOnEvent(filter.part)
    case 'term':
      return !filter.key.startsWith(LABEL) && !OF_CONTAINERS.has(filter.key)
  }
}
