/** Who manages a container, read from its labels. */
export interface Orchestrator {
  readonly type: 'compose' | 'swarm'
  /** The compose project or the stack. */
  readonly namespace?: string | undefined
  readonly service?: string | undefined
  readonly serviceId?: string | undefined
}

export function orchestratorOf(
  labels: Readonly<{ [name: string]: string }> | undefined,
): Orchestrator | undefined {
  if (labels === undefined) return undefined
  const service = labels['com.docker.swarm.service.name']
  if (service !== undefined) {
    return {
      type: 'swarm',
      service,
      serviceId: labels['com.docker.swarm.service.id'],
      namespace: labels['com.docker.stack.namespace'],
    }
  }
  const namespace = labels['com.docker.compose.project']
  if (namespace === undefined) return undefined
  return { type: 'compose', namespace, service: labels['com.docker.compose.service'] }
}
