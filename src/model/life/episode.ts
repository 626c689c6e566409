import type { Entry, Record } from '../entry.ts'
import type { Nanoseconds } from '../time.ts'
import type { Executor } from './exec-word.ts'
import type { Life, Run, Verdict } from './life.ts'

/** What happened to one container in one go: `kill`, `die`, `stop`, `start` and `restart` are a restart. */
export interface Episode {
  readonly kind: 'episode'
  /** What it was put together from, in the order in which it came. */
  readonly events: readonly Record[]
  /** As it is now. */
  readonly life: Life
  readonly ended: readonly Ended[]
  /** The run that began in it and goes on. */
  readonly began?: Run
}

export interface Ended extends Verdict {
  readonly run: Run
}

/** An entry by itself. */
export interface Single {
  readonly kind: 'single'
  readonly entry: Entry
  /** Of the container it is about. */
  readonly life?: Life
}

/** What was run in a container: from its preparation to its end, or what is told of it at one of these. */
export interface ExecEpisode {
  readonly kind: 'exec'
  /** What it was put together from; what was told of it before is not among them. */
  readonly events: readonly Record[]
  readonly exec: ToldExec
  /** Of its container. */
  readonly life?: Life
}

/** What is known of it by then; what was not seen is absent. */
export interface ToldExec {
  readonly who: Executor
  /** Without secrets; absent where the engine tells none, or its beginning was not seen. */
  readonly command?: string
  readonly createdAt?: Nanoseconds
  readonly startedAt?: Nanoseconds
  readonly endedAt?: Nanoseconds
  /** Absent where a label may stand in its place, too. */
  readonly exitCode?: number
}

export type Told = Episode | ExecEpisode | Single
