import type { ContainerFacts } from '../model/container-facts.ts'

/**
 * Attributes the engine sets itself on events of containers, before it copies the labels over them.
 * `image` and `name` are set after the labels and can't be shadowed. From moby's daemon/events.go and
 * the callers of LogContainerEventWithAttributes; `containerExitCode` is Podman's.
 */
const ENGINE_ATTRIBUTES = [
  'exitCode', 'execDuration', 'signal', 'oldName', 'execID', 'height', 'width', 'comment',
  'imageID', 'imageRef', 'containerExitCode', 'reclaimed',
] as const // prettier-ignore

/** Whether a label of this container has the name of an engine's own attribute. */
export function labelsShadowAttributes(facts: ContainerFacts): boolean {
  return ENGINE_ATTRIBUTES.some((name) => Object.hasOwn(facts.labels, name))
}
