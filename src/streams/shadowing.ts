import type { ContainerFacts } from '../model/container-facts.ts'
import { ENGINE_ATTRIBUTES } from '../model/engine-attributes.ts'

/** Whether a label of this container has the name of an engine's own attribute. */
export function labelsShadowAttributes(facts: ContainerFacts): boolean {
  return ENGINE_ATTRIBUTES.some((name) => Object.hasOwn(facts.labels, name))
}
