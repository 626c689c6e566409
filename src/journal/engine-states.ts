import type { DatabaseSync } from 'node:sqlite'
import { afterWord, type KnownContainer } from '../model/container-state.ts'
import type { Seq } from '../model/entry.ts'
import { coverBoth, type Hole } from '../model/hole.ts'
import type { EngineWord } from './engine-words.ts'
import { exactText } from '../model/exact-json.ts'
import { damage } from './unusable.ts'

/** What the trail knows of engines, changed in the transaction that adds the entries it comes from. */
export interface EngineStates {
  /** Inside a transaction: takes in what new entries say, and writes down what it comes to. */
  changes(): StateChanges
}

interface StateChanges {
  /** @param places of the group the words are of: a repeated entry says nothing new */
  take(words: readonly EngineWord[], places: readonly (Seq | undefined)[]): void
  finish(): void
}

/** Containers known of one engine; beyond it those told of longest ago are forgotten. */
const MAX_CONTAINERS = 10_000
/** So many more are forgotten then, so that not each further one makes us look for the oldest. */
const HEADROOM = 100

/** One container in a transaction. */
interface Change {
  readonly engineId: string
  readonly id: string
  readonly before: KnownContainer | undefined
  after: KnownContainer | undefined
}

export function createEngineStates(db: DatabaseSync, maxContainers = MAX_CONTAINERS): EngineStates {
  const select = db.prepare('SELECT state FROM containers WHERE engine_id = ? AND container_id = ?')
  const upsert = db.prepare(
    `INSERT INTO containers (engine_id, container_id, told, state) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET told = excluded.told, state = excluded.state`,
  )
  const remove = db.prepare('DELETE FROM containers WHERE engine_id = ? AND container_id = ?')
  const count = db.prepare('SELECT count(*) AS count FROM containers WHERE engine_id = ?')
  const forget = db.prepare(
    `DELETE FROM containers WHERE engine_id = ?1 AND container_id IN
       (SELECT container_id FROM containers WHERE engine_id = ?1 ORDER BY told LIMIT ?2)`,
  )
  const holeOf = readHole(db)
  const openHole = db.prepare('INSERT OR REPLACE INTO holes VALUES (?, ?, ?)')
  const closeHole = db.prepare('DELETE FROM holes WHERE engine_id = ?')
  const forgetPartial = db.prepare(
    "DELETE FROM containers WHERE engine_id = ? AND state ->> 'isPartial'",
  )
  /** Each engine has at most so many; counted anew when that passes the limit. */
  const most = new Map<string, number>()

  function makeRoom(engineId: string, added: number): void {
    const bound = (most.get(engineId) ?? maxContainers) + added
    most.set(engineId, bound)
    if (bound <= maxContainers) return
    const { count: counted } = count.get(engineId) as { count: number }
    const excess = counted <= maxContainers ? 0 : counted - maxContainers + HEADROOM
    if (excess > 0) forget.run(engineId, excess)
    most.set(engineId, counted - excess)
  }

  function write(changes: Iterable<Change>): void {
    const added = new Map<string, number>()
    for (const { engineId, id, before, after } of changes) {
      if (after === before) continue
      if (after === undefined) {
        remove.run(engineId, id)
        continue
      }
      upsert.run(engineId, id, BigInt.asIntN(64, after.at), encodeState(after))
      if (before === undefined) added.set(engineId, (added.get(engineId) ?? 0) + 1)
    }
    for (const [engineId, more] of added) makeRoom(engineId, more)
  }

  return {
    changes() {
      const changes = new Map<string, Change>()
      /** Engines with a hole, as far as it was asked. */
      const open = new Map<string, boolean>()

      function isOpen(engineId: string): boolean {
        let answer = open.get(engineId)
        if (answer === undefined) {
          answer = holeOf(engineId) !== undefined
          open.set(engineId, answer)
        }
        return answer
      }

      function changeOf(engineId: string, id: string): Change {
        const key = `${engineId} ${id}`
        let change = changes.get(key)
        if (change === undefined) {
          const row = select.get(engineId, id) as Row | undefined
          const before = row && decodeState(row.state)
          change = { engineId, id, before, after: before }
          changes.set(key, change)
        }
        return change
      }

      return {
        take(words, places) {
          for (const { place, engineId, container, hole, reconciledTo } of words) {
            if (places[place] === undefined) continue
            if (container !== undefined) {
              const change = changeOf(engineId, container.id)
              const known = change.after
              change.after = afterWord(known, container, known === undefined && isOpen(engineId))
            } else if (hole !== undefined) {
              const { from, to } = coverBoth(holeOf(engineId), hole)
              openHole.run(engineId, String(from), String(to))
              open.set(engineId, true)
            } else if (reconciledTo !== undefined) {
              const known = holeOf(engineId)
              if (known === undefined || known.to > reconciledTo) continue
              closeHole.run(engineId)
              open.set(engineId, false)
              write(changes.values())
              changes.clear()
              forgetPartial.run(engineId)
            }
          }
        },
        finish: () => write(changes.values()),
      }
    },
  }
}

/** Answers of a connection that reads. */
export interface EngineStateReader {
  /** What is known of the containers that exist, as far as the trail tells. */
  containers(engineId: string): KnownContainer[]
  /** What gaps told and was not reconciled yet. */
  hole(engineId: string): Hole | undefined
}

export function createEngineStateReader(db: DatabaseSync): EngineStateReader {
  const all = db.prepare('SELECT state FROM containers WHERE engine_id = ?')
  return {
    containers: (engineId) =>
      Array.from(all.iterate(engineId), (row) => decodeState((row as unknown as Row).state)),
    hole: readHole(db),
  }
}

interface Row {
  readonly state: string
}

function readHole(db: DatabaseSync): EngineStateReader['hole'] {
  const select = db.prepare('SELECT begins, ends FROM holes WHERE engine_id = ?')
  return (engineId) => {
    const row = select.get(engineId) as { begins: string; ends: string } | undefined
    return row && sound('a hole', () => ({ from: BigInt(row.begins), to: BigInt(row.ends) }))
  }
}

const encodeState = (known: KnownContainer): string => exactText(known)

const MOMENTS: ReadonlySet<string> = new Set([
  'at', 'statusAt', 'createdAt', 'startedAt', 'finishedAt', 'healthAt',
]) // prettier-ignore

function decodeState(text: string): KnownContainer {
  return sound('what is known of a container', () => {
    const raw = JSON.parse(text) as { [name: string]: unknown }
    for (const name in raw) if (MOMENTS.has(name)) raw[name] = BigInt(raw[name] as string)
    return raw as unknown as KnownContainer
  })
}

/** What was written can be read; else it changed on disk. */
function sound<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch {
    throw damage(`${what} changed on disk`)
  }
}
