import type { Nanoseconds } from '../time.ts'
import type { Cause, Death, EngineStory, Evidence, Life, Note, Run, Verdict } from './life.ts'
import { shutdownOf } from './shutdown.ts'

const SECOND = 1_000_000_000n
/**
 * A request to end is the cause of an end that comes so soon behind it. Docker's own grace is 10 s, and
 * the engine needs a moment to tell.
 */
const GRACE = 15n * SECOND
/** A kernel's kill for want of memory is told within moments of the end it causes. */
const OOM_REACH = 10n * SECOND
/** `rm -f` removed within 0.99 s at most of what was measured, on a machine ten times overloaded. */
const REMOVED_AT_ONCE = (SECOND * 12n) / 10n
/** What was missed so long before an end did not cause it: a stop's grace can be set, to minutes. */
const MISSED_REACH = 600n * SECOND

/** Podman's restart gives its container 10 s. */
const PODMAN_RESTART = 30n * SECOND

/** Of its `kill` to the end, on a loaded machine. */
const PODMAN_KILLS_WITHIN = SECOND

const [SIGHUP, SIGINT, SIGQUIT, SIGKILL, SIGTERM] = [1, 2, 3, 9, 15]
/** Signals that ask to end; whoever handles one may end with any code. */
const REQUESTS: ReadonlySet<number> = new Set([SIGINT, SIGQUIT, SIGTERM])

/**
 * Why a run ended, from what the trail holds of it. Never more than the evidence says: what can't be
 * told apart is `unknown`, or a cause whose meaning covers both. The rules were checked against
 * recordings of every cause on four engines, see docs/causes.md.
 */
export function judge(run: Run, life: Life, engine: EngineStory): Verdict {
  const notes: Note[] = []
  const evidence: Evidence[] = []
  const { death } = run
  const verdict = (cause: Cause, signal?: number): Verdict => ({
    cause,
    ...(signal === undefined ? {} : { signal }),
    evidence: dedupe(evidence),
    notes,
  })
  if (run.failure !== undefined) {
    if (death !== undefined) evidence.push({ what: 'inspect', id: death.id, time: death.time })
    return verdict('start-failed')
  }
  if (death === undefined) return verdict('unknown')
  const { exitCode } = death
  const dieEvidence: Evidence = { what: 'die', id: death.id, time: death.time }
  if (death.isShadowed === true) notes.push('code-shadowed')
  if (death.isInferred === true) notes.push('concluded-later')

  const kills = run.kills.filter(({ time }) => death.time - time <= MISSED_REACH)
  const last = kills.at(-1)
  if (kills.some(({ signal }) => signal === undefined)) {
    notes.push(death.isPodman === true ? 'signal-not-told' : 'signal-shadowed')
  }
  const missed = missedAround(run, death.time, engine)
  const unsure = (): Verdict => {
    notes.push(missed?.note ?? 'trail-incomplete')
    if (!evidence.includes(dieEvidence)) evidence.push(dieEvidence)
    if (missed?.evidence !== undefined) evidence.push(missed.evidence)
    return verdict('unknown')
  }

  // 1. Asked through the API, and told so.
  const { stop, restart } = run
  if (restart !== undefined && isOfThisEnd(restart, death)) {
    evidence.push(...kills, dieEvidence, ...known(stop), restart)
    return verdict('restarted')
  }
  const wasStopped =
    stop !== undefined &&
    death.time - stop.time <= GRACE &&
    (kills.length > 0 || stop.time <= death.time)
  if (wasStopped) {
    evidence.push(...kills, dieEvidence, stop)
    const shutdown = shutdownOf(run, engine)
    if (shutdown !== undefined) {
      evidence.push(...shutdown.evidence)
      if (shutdown.is === 'certain') return verdict('daemon')
      notes.push('stopped-or-daemon')
      return verdict('unknown')
    }
    // A removal by force, or a stop that was not heeded: it tells of neither signal.
    if (death.isPodman === true && exitCode === 128 + SIGKILL) {
      notes.push('podman-tells-little')
      return verdict('unknown')
    }
    const wasKilled = last?.signal === SIGKILL && exitCode === 128 + SIGKILL
    const isForced = kills.length > 1 && wasKilled
    // A restart may have followed; or the other signal is missing.
    const isUnclear = exitCode === undefined || exitCode === 128 + SIGKILL || wasKilled
    if (missed?.behind === true || (missed !== undefined && isUnclear && !isForced)) return unsure()
    return isForced ? verdict('stop-timeout', SIGKILL) : verdict('stopped', last?.signal)
  }
  if (stop !== undefined) notes.push('stopped-while-waiting')

  // 2. A signal through the API, that explains this end.
  const killer = kills.findLast((kill) => explains(kill, run))
  const isOom = run.oom !== undefined && death.time - run.oom.time <= OOM_REACH
  if (killer !== undefined && !(isOom && exitCode === 137 && killer.signal !== SIGKILL)) {
    evidence.push(...kills, dieEvidence)
    if (missed !== undefined) return unsure() // of a stop, or a restart
    const gone = life.removal
    const isRemoval =
      killer.signal === SIGKILL &&
      kills.length === 1 &&
      gone !== undefined &&
      life.autoRemove !== true &&
      gone.time - death.time <= REMOVED_AT_ONCE
    if (isRemoval) {
      evidence.push(gone)
      return verdict('removed', SIGKILL)
    }
    return verdict('killed', killer.signal)
  }

  // 3. The kernel.
  if (run.oom !== undefined) {
    const isSure = missed === undefined || missed.until < run.oom.time
    evidence.push(run.oom, dieEvidence)
    if (exitCode === 137 && isOom) return isSure ? verdict('oom', SIGKILL) : unsure()
    notes.push(exitCode === 137 || exitCode === undefined ? 'oom-long-before' : 'oom-of-a-child')
    if (exitCode === 137 || exitCode === undefined) return verdict('unknown')
  } else {
    evidence.push(dieEvidence)
    if (exitCode === 137 && death.oomKilled === true) {
      evidence.push({ what: 'inspect', id: death.id, time: death.time })
      return verdict('oom', SIGKILL)
    }
  }

  // 4. By itself, if nothing can have been missed.
  if (kills.some(({ signal }) => signal === undefined)) return verdict('unknown')
  if (missed !== undefined) return unsure()
  if (death.isPodman === true && (exitCode === 137 || !isPolicyRestarted(run, life))) {
    notes.push('podman-tells-little')
    return verdict('unknown')
  }
  if (exitCode === undefined) return verdict('unknown')
  if (exitCode === 137) notes.push('kill-not-told')
  if (exitCode === 0) return verdict('completed')
  return verdict('crashed', fatalSignal(exitCode))
}

/** Docker tells of a restart behind the end, Podman before it. */
function isOfThisEnd({ time }: Evidence, { time: end, isPodman }: Death): boolean {
  return isPodman === true ? time <= end && end - time <= PODMAN_RESTART : time >= end
}

/** The code says so, or the request came just before. A signal that was survived explains nothing. */
function explains({ signal, time }: Evidence, { death }: Run): boolean {
  const { exitCode, time: end, isPodman } = death!
  const soon = end - time <= GRACE
  if (signal === undefined) return isPodman === true && podmansKill(exitCode, end - time)
  if (exitCode === 128 + signal) return true
  if (signal === SIGKILL) return exitCode === undefined && soon
  if (signal === SIGHUP) return exitCode === undefined && soon && end - time < SECOND / 2n
  return REQUESTS.has(signal) && soon
}

/** It names no signal: a code that does, just behind it, is the evidence there is. */
const podmansKill = (exitCode = 0, after: Nanoseconds): boolean =>
  exitCode > 128 && after <= PODMAN_KILLS_WITHIN

/** Podman's restart policy acts on ends that nobody asked for. */
function isPolicyRestarted(run: Run, { run: next, unsettled }: Life): boolean {
  const successor = [...unsettled, ...(next === undefined ? [] : [next])].find(
    ({ number }) => number === run.number + 1,
  )
  return successor?.startedBy === 'policy'
}

/** Named where shells and programs mean a signal by 128 + n; other codes are left bare. */
function fatalSignal(exitCode: number): number | undefined {
  return FATAL_CODES.has(exitCode) ? exitCode - 128 : undefined
}
const FATAL_CODES: ReadonlySet<number> = new Set([129, 130, 131, 134, 135, 136, 137, 139, 141, 143])

interface Missed {
  readonly note: Note
  readonly evidence?: Evidence
  /** What follows an end may be missing too. */
  readonly behind: boolean
  /** Nothing is missing from here on. */
  readonly until: Nanoseconds
}

/** Something that led to the end, or followed it, may be missing from the trail. */
function missedAround(run: Run, end: Nanoseconds, engine: EngineStory): Missed | undefined {
  if (run.death!.isFiltered === true) {
    return { note: 'evidence-filtered', behind: true, until: end }
  }
  if (run.death!.isInferred === true) return { note: 'trail-incomplete', behind: true, until: end }
  const reach = end - MISSED_REACH
  const from = run.startedAt !== undefined && run.startedAt > reach ? run.startedAt : reach
  const gap = engine.gaps.findLast((each) => each.to >= from && each.from <= end + GRACE)
  if (gap !== undefined) {
    const evidence = { what: 'gap', id: gap.id, time: gap.to } as const
    return { note: 'trail-incomplete', evidence, behind: gap.to >= end, until: gap.to }
  }
  const { seenFrom } = run
  if (seenFrom === undefined || seenFrom <= reach) return undefined
  return { note: 'began-before-the-trail', behind: false, until: seenFrom }
}

const known = (each: Evidence | undefined): Evidence[] => (each === undefined ? [] : [each])

/** In the order of time, each entry once. */
function dedupe(evidence: readonly Evidence[]): Evidence[] {
  const seen = new Set<string>()
  return evidence.filter(({ what, id }) => !seen.has(what + id) && seen.add(what + id))
}
