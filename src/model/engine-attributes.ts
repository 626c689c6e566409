/**
 * Attributes an engine sets itself on events of containers, before it copies the labels over them.
 * `image` and `name` are set after the labels and can't be shadowed. From moby's daemon/events.go and
 * the callers of LogContainerEventWithAttributes; `containerExitCode` is Podman's.
 */
export const ENGINE_ATTRIBUTES: readonly string[] = [
  'exitCode', 'execDuration', 'signal', 'oldName', 'execID', 'height', 'width', 'comment',
  'imageID', 'imageRef', 'containerExitCode', 'reclaimed',
] // prettier-ignore
