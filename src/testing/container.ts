/** A container as a test tells it. */
export interface FakeContainer {
  readonly id: string
  readonly name?: string
  readonly image?: string
  readonly labels?: { readonly [name: string]: string }
  readonly env?: readonly string[]
  /** Default `running`. */
  readonly status?: string
  /** `always`, `on-failure`, ... Default `no`. */
  readonly restartPolicy?: string
  /** When it was created, as Docker writes it. */
  readonly created?: string
}

/** Of Docker's inspect answer what matters here; tests may change it at any time. */
export interface FakeInspect {
  readonly Id: string
  Name: string
  readonly Created: string
  readonly Image: string
  RestartCount: number
  readonly State: FakeState
  readonly Path: string
  readonly Args: readonly string[]
  readonly Mounts: readonly object[]
  readonly NetworkSettings: { readonly Networks: object; readonly Ports: object }
  readonly HostConfig: {
    readonly NetworkMode: string
    readonly RestartPolicy: { readonly Name: string; readonly MaximumRetryCount: number }
  }
  readonly Config: {
    readonly Hostname: string
    readonly Env: readonly string[]
    readonly Image: string
    readonly Labels: { readonly [name: string]: string }
  }
}

export interface FakeState {
  Status: string
  Running: boolean
  Paused: boolean
  Restarting: boolean
  OOMKilled: boolean
  Pid: number
  ExitCode: number
  Error: string
  StartedAt: string
  FinishedAt: string
  Health?: { Status: string }
}

/** Go's zero time. */
const NEVER = '0001-01-01T00:00:00Z'

/** Docker's inspect answer, with the fields that matter here. */
export function inspectAnswer(container: FakeContainer): FakeInspect {
  const { id, name = `name-${id}`, image = 'busybox', status = 'running' } = container
  return {
    Id: id,
    Name: `/${name}`,
    Created: container.created ?? '2026-11-22T12:00:00.000000001Z',
    Image: 'sha256:0000000000000000000000000000000000000000000000000000000000000001',
    RestartCount: 0,
    State: {
      Status: status,
      Running: status === 'running' || status === 'paused' || status === 'restarting',
      Paused: status === 'paused',
      Restarting: status === 'restarting',
      OOMKilled: false,
      Pid: 0,
      ExitCode: 0,
      Error: '',
      StartedAt: NEVER,
      FinishedAt: NEVER,
    },
    Path: 'sleep',
    Args: ['60'],
    Mounts: [],
    NetworkSettings: { Networks: {}, Ports: {} },
    HostConfig: {
      NetworkMode: 'bridge',
      RestartPolicy: { Name: container.restartPolicy ?? 'no', MaximumRetryCount: 0 },
    },
    Config: {
      Hostname: id.slice(0, 12),
      Env: container.env ?? [],
      Image: image,
      Labels: container.labels ?? {},
    },
  }
}
