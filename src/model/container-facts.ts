import type { Nanoseconds } from './time.ts'

/** What inspect said of one container at one moment. Values of environment variables are never taken (P11). */
export interface ContainerFacts {
  readonly id: string
  /** Without the leading slash. */
  readonly name: string
  readonly image: ImageFacts
  readonly labels: Readonly<Record<string, string>>
  /** Path and arguments. */
  readonly command: readonly string[]
  readonly created?: Nanoseconds
  readonly hostname: string
  readonly state: StateFacts
  readonly ports: readonly PortFacts[]
  readonly networkMode: string
  readonly networks: readonly NetworkFacts[]
  readonly mounts: readonly MountFacts[]
  readonly limits: LimitFacts
  readonly restartPolicy: { readonly name: string; readonly maximumRetryCount: number }
  readonly healthCheck?: HealthCheckFacts
  readonly privileged: boolean
  /** Removed by the engine when it ends (`--rm`). */
  readonly autoRemove: boolean
  /** Capabilities beyond the engine's default, as they were written: `NET_ADMIN`, `ALL`. */
  readonly capAdd: readonly string[]
  /** Namespaces shared with the host: `ipc`, `network`, `pid`, `user`, `uts`. */
  readonly hostNamespaces: readonly string[]
  /** Names of environment variables, sorted. */
  readonly envNames: readonly string[]
}

export interface ImageFacts {
  /** As the user typed it. */
  readonly name: string
  /** The image's digest, with its algorithm. */
  readonly id: string
}

export interface StateFacts {
  /** `created`, `running`, `paused`, `restarting`, `removing`, `exited`, `dead`. */
  readonly status: string
  readonly startedAt?: Nanoseconds
  readonly finishedAt?: Nanoseconds
  readonly exitCode: number
  readonly oomKilled: boolean
  /** Why the last start failed; empty otherwise. */
  readonly error: string
  readonly restartCount: number
  /** `healthy`, `unhealthy`, `starting`; absent without a health check. */
  readonly health?: string
}

export interface PortFacts {
  /** `80/tcp`. */
  readonly port: string
  /** Absent where the port is exposed and not published. */
  readonly hostIp?: string
  readonly hostPort?: string
}

export interface NetworkFacts {
  readonly name: string
  readonly ipv4?: string
  readonly ipv6?: string
  readonly mac?: string
}

export interface MountFacts {
  readonly type: string
  readonly source: string
  readonly destination: string
  readonly readOnly: boolean
}

/** Limits as configured; 0 means no limit. */
export interface LimitFacts {
  readonly memoryBytes: number
  readonly nanoCpus: number
  readonly pids: number
  /** With the memory itself; -1: unlimited. Absent where nothing is set; so are those below. */
  readonly memorySwapBytes?: number
  readonly memoryReservationBytes?: number
  readonly cpuShares?: number
  /** `0-2,5` */
  readonly cpuset?: string
}

export interface HealthCheckFacts {
  /** Docker's form: `['CMD', ...]`, `['CMD-SHELL', text]` or `['NONE']`. */
  readonly test: readonly string[]
  /** The shell of `CMD-SHELL`: the image's SHELL, else `/bin/sh -c`. */
  readonly shell: readonly string[]
}
