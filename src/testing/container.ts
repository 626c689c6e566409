/** A container as a test tells it. */
export interface FakeContainer {
  readonly id: string
  readonly name?: string
  readonly image?: string
  readonly labels?: { readonly [name: string]: string }
  readonly env?: readonly string[]
  readonly status?: string
}

/** Docker's inspect answer, with the fields that matter here. */
export function inspectAnswer(container: FakeContainer): object {
  const { id, name = `name-${id}`, image = 'busybox', status = 'running' } = container
  return {
    Id: id,
    Name: `/${name}`,
    Created: '2026-11-22T12:00:00.000000001Z',
    Path: 'sleep',
    Args: ['60'],
    Image: 'sha256:0000000000000000000000000000000000000000000000000000000000000001',
    RestartCount: 0,
    State: { Status: status, ExitCode: 0, OOMKilled: false, Error: '' },
    HostConfig: { NetworkMode: 'bridge', RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } },
    Config: {
      Hostname: id.slice(0, 12),
      Image: image,
      Labels: container.labels ?? {},
      Env: container.env ?? [],
    },
    NetworkSettings: { Networks: {}, Ports: {} },
    Mounts: [],
  }
}
