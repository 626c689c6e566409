import type { DatabaseSync } from 'node:sqlite'
import type { Gap, Record, Seq, Sequenced } from '../model/entry.ts'
import { holeOf } from '../model/hole.ts'
import { execWordOf, type ExecWord, type Executor } from '../model/life/exec-word.ts'
import type { Life } from '../model/life/life.ts'
import type { KeptLife } from './tables.ts'

/**
 * What was run in containers: the events of one exec are one row. Whether an exec whose end was not told
 * may still run is for who asks: its run of the container tells.
 */
export interface ExecSessions {
  /**
   * Takes in an entry, behind the lives.
   *
   * @param lifeOf of a container; `undefined` where it is not known, or over
   */
  take(entry: Sequenced, lifeOf: (engineId: string, id: string) => KeptLife | undefined): void
  /**
   * Forgets those whose entries are no longer in the journal; the end of one comes then as that of an exec
   * whose beginning is not known.
   *
   * @param base the last place that was pruned from it
   * @returns how many; fewer than `most` where these were all
   */
  forget(base: Seq, most: number): number
}

/** All of it inside a transaction. */
export function createExecSessions(db: DatabaseSync): ExecSessions {
  const select = db.prepare(
    `SELECT seq, started IS NOT NULL AS isStarted, ended IS NOT NULL AS isEnded, who FROM execs WHERE engine_id = ? AND container_id = ? AND exec_id = ?`,
  )
  const insert = db.prepare(
    `INSERT INTO execs (seq, engine_id, container_id, exec_id, name, image, nth, heard, created, started, ended, exit_code,
       command, who, filtered, last_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const update = db.prepare(
    `UPDATE execs SET nth = coalesce(nth, ?), created = coalesce(created, ?), started = coalesce(started, ?),
       ended = coalesce(ended, ?), exit_code = coalesce(exit_code, ?), command = coalesce(command, ?), who = ?, filtered = max(filtered, ?),
       last_seq = ?
     WHERE seq = ?`,
  )
  const doubt = db.prepare(
    'UPDATE execs SET unsure = ? WHERE engine_id = ? AND ended IS NULL AND unsure IS NULL',
  )
  const doubtAll = db.prepare('UPDATE execs SET unsure = ? WHERE ended IS NULL AND unsure IS NULL')
  const forget = db.prepare(
    'DELETE FROM execs WHERE seq IN (SELECT seq FROM execs WHERE last_seq <= ? ORDER BY last_seq LIMIT ?)',
  )

  function takeWord(record: Sequenced<Record>, word: ExecWord, life: Life | undefined): void {
    const { engine, event, seq } = record
    const { says, time, execId, command, exitCode, who } = word
    const known =
      execId === undefined
        ? undefined
        : (select.get(engine.id, event.actorId, execId) as Known | undefined)
    // Ids of execs are never the same: what begins twice are two, and the id is no engine's.
    const isTwice = says === 'start' && known?.isStarted === 1
    const id = isTwice ? undefined : execId
    // Of one without an id only its start is counted: its other events can't be told from those of others.
    if (id === undefined && says !== 'start') return
    const at = {
      created: says === 'create' ? time : null,
      started: says === 'start' ? time : null,
      ended: says === 'die' ? time : null,
    }
    const nth = life?.run?.number ?? (life === undefined || life.starts === 0 ? null : life.starts)
    const filtered = word.isFiltered === true ? 1 : 0
    const values = [at.created, at.started, at.ended, exitCode ?? null, command ?? null] as const
    if (known === undefined || isTwice) {
      insert.run(
        seq, engine.id, event.actorId, id ?? null, word.name, word.image, nth, time, ...values, who, filtered, seq,
      ) // prettier-ignore
      return
    }
    if (says === 'die' && known.isEnded === 1) return
    update.run(nth, ...values, known.who === 'unknown' ? who : known.who, filtered, seq, known.seq)
  }

  function takeGap(gap: Gap): void {
    const hole = holeOf(gap)
    if (hole !== undefined) doubt.run(hole.from, hole.engineId)
    // It can't be told whose events were damaged.
    else if (gap.engine === undefined && gap.sink === undefined) doubtAll.run(gap.from)
  }

  return {
    take(entry, lifeOf) {
      if (entry.kind === 'gap') return takeGap(entry)
      if (entry.kind !== 'record' || !entry.event.action.startsWith('exec')) return
      const known = lifeOf(entry.engine.id, entry.event.actorId)?.life
      // One that was removed may be in memory still, or not any more: that makes no difference here.
      const life = known?.removedAt === undefined ? known : undefined
      const word = execWordOf(entry, life?.shadows ?? [])
      if (word !== undefined) takeWord(entry, word, life)
    },
    forget: (base, most) => Number(forget.run(base, most).changes),
  }
}

interface Known {
  readonly seq: number
  readonly isStarted: 0 | 1
  readonly isEnded: 0 | 1
  readonly who: Executor
}
