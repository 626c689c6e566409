import { objectOf } from '../docker/json.ts'
import type { TagTemplate } from '../config/tag-template.ts'

export type { TagTemplate } from '../config/tag-template.ts'

/** What is not there, or no plain value, is empty. */
export function renderTags(template: TagTemplate, inspect: unknown): string {
  return template.map((part) => (typeof part === 'string' ? part : valueAt(inspect, part))).join('')
}

function valueAt(inspect: unknown, path: readonly string[]): string {
  let value = inspect
  for (const name of path) {
    const inside = objectOf(value)
    value = Object.hasOwn(inside, name) ? inside[name] : undefined
  }
  const isPlain = ['string', 'number', 'boolean'].includes(typeof value)
  return isPlain ? String(value) : ''
}
