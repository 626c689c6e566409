import type { DatabaseSync } from 'node:sqlite'
import { defaultAnchors, type AnchorRule } from './anchors.ts'
import { createReadCore, type ReadCore } from './read.ts'
import { noReserve, type Reserve } from './reserve.ts'
import type { Retention } from './retention.ts'
import { createRoom } from './room.ts'
import { explain } from './unusable.ts'
import { createWriteCore, type WriteCore } from './write.ts'

/** The database's side of the journal: plain data in, plain data out. */
export type Core = ReadCore & WriteCore
export type Method = keyof Core

/** Asks the core, in this thread or in another. */
export interface Caller<M extends Method = Method> extends AsyncDisposable {
  call<N extends M>(method: N, ...args: Parameters<Core[N]>): Promise<ReturnType<Core[N]>>
}

export type ReadCaller = Caller<keyof ReadCore>
export type WriteCaller = Caller<keyof WriteCore>

/** What the writer does by itself. */
export interface Upkeep {
  readonly retention?: Retention
  readonly reserve?: Reserve
  readonly anchors?: AnchorRule
}

/** A core on one connection, with errors that name their cure. */
export function createCore(
  db: DatabaseSync,
  place: string,
  role: 'read' | 'write' | 'both',
  { retention = {}, anchors = defaultAnchors, reserve = noReserve }: Upkeep = {},
): Partial<Core> {
  const core: Partial<Core> = {
    ...(role === 'write' ? {} : createReadCore(db)),
    ...(role === 'read' ? {} : createWriteCore(db, retention, anchors, createRoom(db, reserve))),
  }
  const guarded = Object.entries(core).map(([name, method]) => {
    const guard = (...args: unknown[]): unknown => {
      try {
        return (method as (...args: unknown[]) => unknown)(...args)
      } catch (thrown) {
        throw explain(place, thrown)
      }
    }
    return [name, guard]
  })
  return Object.fromEntries(guarded) as Partial<Core>
}

/** Asks a core in this thread; answers come with the next turn all the same. */
export function createLocalCaller(core: Partial<Core>, close: () => void): Caller {
  return {
    async call<N extends Method>(method: N, ...args: Parameters<Core[N]>) {
      const ask = core[method] as
        ((...args: Parameters<Core[N]>) => ReturnType<Core[N]>) | undefined
      if (ask === undefined) throw new Error(`this connection can't ${method}`)
      return ask(...args)
    },
    async [Symbol.asyncDispose]() {
      close()
    },
  }
}
