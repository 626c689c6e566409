/** One thing a sink's server should have before documents come: a request that puts it there. */
export interface Asset {
  readonly method: 'PUT'
  readonly path: string
  readonly body: object
}

/**
 * What became of one of them. `not ours`: somebody else's stands there, and was left alone. `not
 * supported`: the server has no such thing.
 */
export interface AssetState {
  readonly path: string
  readonly state: 'installed' | 'renewed' | 'up to date' | 'not ours' | 'not supported'
}

/** What a kind of sink needs on its server, for those who may not let an agent install it. */
export interface SinkAssets {
  readonly assets: readonly Asset[]
  /** @throws AuditorError `sink-unreachable`, naming the cure */
  readonly install: (signal: AbortSignal) => Promise<readonly AssetState[]>
}
