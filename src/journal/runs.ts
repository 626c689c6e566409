/**
 * Keeps the order of appends of which several are under way: once one of a run has failed, those
 * behind it are refused, so that none of them gets before it. Its caller waits until all are
 * answered and sends them again in a run of another number. Appends without a run stand alone.
 */
export interface Runs {
  /** Throws where an append of this run has failed. */
  check(run: number | undefined): void
  /** An append of this run has failed. */
  broken(run: number | undefined): void
}

/** Remembers the last run that broke: an older one has been answered to its end. */
export function createRuns(): Runs {
  let last: number | undefined
  return {
    check(run) {
      if (run !== undefined && run === last) throw new Error('an append before this one failed')
    },
    broken(run) {
      if (run !== undefined) last = run
    },
  }
}
