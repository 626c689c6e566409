import type { Entry, Record } from '../entry.ts'
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

export type Told = Episode | Single
