import type { Nanoseconds } from '../time.ts'
import { found, newRun, withAbout } from './found.ts'
import type { Evidence, Life, Run } from './life.ts'
import type { About, LifeWord } from './word.ts'

/** Podman's policy waits for nothing. */
const POLICY_ACTS_WITHIN = 1_000_000_000n
const OOM_COMES_WITHIN = 3_000_000_000n
/** From its creation. */
const FIRST_STARTS_WITHIN = 30_000_000_000n
/** Of one run; the first and the last ones are kept. */
const MAX_KILLS = 8
/** The last ones are kept. */
const MAX_UPDATES = 20

/** What is known of a container after a word. Words come in the journal's order. */
export function afterLifeWord(before: Life | undefined, word: LifeWord): Life | undefined {
  if (before === undefined) {
    if (word.says === 'gone' || word.about === undefined) return undefined
    return changed(begun(word, word.about), word)
  }
  if (before.removedAt !== undefined && (word.says !== 'stop' || before.unsettled.length === 0)) {
    return before
  }
  return { ...changed(withAbout(before, word), word), lastSeq: word.seq }
}

const begun = (word: LifeWord, about: About): Life => ({
  engineId: word.engineId,
  id: word.id,
  name: about.name,
  image: about.image,
  lineage: about.lineage,
  shadows: about.shadows,
  starts: 0,
  unsettled: [],
  firstSeq: word.seq,
  lastSeq: word.seq,
})

function changed(life: Life, word: LifeWord): Life {
  const { time } = word
  switch (word.says) {
    case 'create':
      return { ...life, createdAt: life.createdAt ?? time }
    case 'start':
      return started(life, word)
    case 'die':
      return died(life, word)
    case 'kill':
      return withRun(life, word, (run) => ({
        ...run,
        kills: addKill(run.kills, killOf(life, word)),
      }))
    case 'oom':
      return oomTold(life, word)
    case 'stop':
      return stopped(life, word)
    case 'restart':
      return restarted(life, word)
    case 'pause':
      return withRun(life, word, (run) => ({ ...run, pausedAt: run.pausedAt ?? time }))
    case 'unpause':
      return withRun(life, word, unpaused(time))
    case 'health':
      return healthTold(life, word)
    case 'exec':
      return withRun(life, word, (run) => ({ ...run, execs: run.execs + 1 }))
    case 'facts':
      return found(life, word)
    case 'gone':
      return removed(life, word)
    case 'update':
      return withUpdate(life, word)
    case 'rename':
      return life
  }
}

function withUpdate(life: Life, { seq }: LifeWord): Life {
  const { count, last } = life.updates ?? { count: 0, last: [] }
  return { ...life, updates: { count: count + 1, last: [...last, seq].slice(-MAX_UPDATES) } }
}

function removed(life: Life, word: LifeWord): Life {
  const { run: _gone, ...rest } = life
  return {
    ...rest,
    unsettled: withLost(life, word.time),
    removedAt: word.time,
    removal: evidence('destroy', word),
  }
}

/** What happens to a run that began unseen makes it known. */
function withRun(life: Life, word: LifeWord, change: (run: Run) => Run): Life {
  if (life.run === undefined && life.starts > 0) return life // it has ended: this came late
  return { ...life, ...counted(life), run: change(life.run ?? unseen(life, word.time)) }
}

const counted = (life: Life): Pick<Life, 'starts'> => ({
  starts: life.run === undefined ? life.starts + 1 : life.starts,
})

const unseen = (life: Life, time: Nanoseconds): Run => ({
  ...newRun(life.starts + 1),
  seenFrom: time,
})

function started(life: Life, word: LifeWord): Life {
  const { time } = word
  if (isFirstTold(life, time)) {
    const { seenFrom: _seen, ...run } = life.run!
    return { ...life, run: { ...run, startedAt: time } }
  }
  const ended = withLost(life, time)
  const before = ended.at(-1)
  const number = life.starts + 1
  const { health: _before, ...rest } = life
  return {
    ...rest,
    unsettled: ended,
    starts: number,
    run: {
      ...newRun(number),
      startedAt: time,
      ...startedBy(life, before),
    },
  }
}

/**
 * A busy engine tells that memory ran out ahead of the start: the run that made known is the one that
 * starts, where nothing was told of the container before it was created.
 */
function isFirstTold({ run, starts, createdAt, unsettled }: Life, time: Nanoseconds): boolean {
  return (
    starts === 1 &&
    unsettled.length === 0 &&
    run?.oom !== undefined &&
    run.startedAt === undefined &&
    run.kills.length === 0 &&
    createdAt !== undefined &&
    createdAt <= run.oom.time &&
    time - createdAt < FIRST_STARTS_WITHIN
  )
}

/** The end of the run was not seen: nothing is known of it but that. */
const withLost = ({ run, unsettled }: Life, time: Nanoseconds): readonly Run[] =>
  run === undefined ? unsettled : [...unsettled, { ...run, goneBy: time }]

const hasPolicy = ({ restartPolicy = '' }: Life): boolean =>
  restartPolicy !== '' && restartPolicy !== 'no'

/** Nobody asked for an end of this policy's container: the engine starts it again by itself. */
function startedBy(life: Life, before: Run | undefined): Pick<Run, 'startedBy'> {
  if (before?.restart !== undefined) return { startedBy: 'restart' }
  if (before?.startsByPolicy === true) return { startedBy: 'policy' }
  const isOwnEnd =
    before?.death !== undefined && before.kills.length === 0 && before.stop === undefined
  return isOwnEnd && hasPolicy(life) ? { startedBy: 'policy' } : {}
}

function died(life: Life, word: LifeWord): Life {
  const told = word.death!
  const isShadowed = told.isShadowed === true || life.shadows.includes('exitCode')
  const { exitCode: _label, ...bare } = told
  const death =
    isShadowed && told.isShadowed !== true ? { ...bare, isShadowed: true as const } : told
  if (life.run === undefined && life.starts > 0) {
    // Engines before 29.4 can tell an end twice.
    return life
  }
  const run = unpaused(word.time)(life.run ?? unseen(life, word.time))
  const { run: _ended, health: _health, ...rest } = life
  return { ...rest, ...counted(life), unsettled: [...life.unsettled, { ...run, death }] }
}

/** 20.10 tells it after the end, later ones before: it belongs to the run that was asked. */
function stopped(life: Life, word: LifeWord): Life {
  const stop = evidence('stop', word)
  const last = life.unsettled.at(-1)
  const isOfLast =
    last !== undefined && last.stop === undefined && last.death !== undefined &&
    (life.run === undefined || (life.run.kills.length === 0 && last.kills.length > 0)) // prettier-ignore
  if (isOfLast) return { ...life, unsettled: [...life.unsettled.slice(0, -1), { ...last, stop }] }
  if (life.run === undefined) return life
  return { ...life, run: { ...life.run, stop } }
}

/**
 * Docker's stands behind the start of the next run, Podman's before the end of the one it ends; and
 * Podman tells of what its restart policy does by the same word, behind the end.
 */
function restarted(life: Life, word: LifeWord): Life {
  const restart = evidence('restart', word)
  const last = life.unsettled.at(-1)
  const { run } = life
  if (run === undefined) {
    const isPolicys =
      last?.death?.isPodman === true &&
      hasPolicy(life) &&
      word.time - last.death.time < POLICY_ACTS_WITHIN
    if (!isPolicys) return life
    return {
      ...life,
      unsettled: [...life.unsettled.slice(0, -1), { ...last, startsByPolicy: true }],
    }
  }
  const follows = last?.number === run.number - 1 && run.kills.length === 0
  const wasAsked = last !== undefined && (last.kills.length > 0 || last.stop !== undefined)
  if (follows && wasAsked && last.death?.isPodman !== true) {
    return {
      ...life,
      unsettled: [...life.unsettled.slice(0, -1), { ...last, restart }],
      run: { ...run, startedBy: 'restart' },
    }
  }
  return {
    ...life,
    run: isYoung(run, word) ? { ...run, restart, startedBy: 'restart' } : { ...run, restart },
  }
}

/** Docker tells of the restart of what did not run behind its start. */
const isYoung = ({ startedAt }: Run, { time }: LifeWord): boolean =>
  startedAt !== undefined && time - startedAt < 5_000_000_000n

function unpaused(time: Nanoseconds): (run: Run) => Run {
  return (run) => {
    if (run.pausedAt === undefined) return run
    const { pausedAt, ...rest } = run
    const length = time - pausedAt
    return { ...rest, pausedNanos: run.pausedNanos + (length > 0n ? length : 0n) }
  }
}

/** Docker 20.10 may tell it behind the end: 0.5 s were seen. */
function oomTold(life: Life, word: LifeWord): Life {
  const withOom = (run: Run): Run => ({ ...run, oom: evidence('oom', word), ooms: run.ooms + 1 })
  const last = life.unsettled.at(-1)
  const isLate =
    life.run === undefined &&
    last?.death !== undefined &&
    word.time - last.death.time <= OOM_COMES_WITHIN
  if (isLate) return { ...life, unsettled: [...life.unsettled.slice(0, -1), withOom(last)] }
  return withRun(life, word, withOom)
}

function healthTold(life: Life, word: LifeWord): Life {
  const { health } = word
  if (health === undefined || health === '' || health === life.health) return life
  const isFlip = life.health !== undefined
  return {
    ...withRun(life, word, (run) => (isFlip ? { ...run, healthFlips: run.healthFlips + 1 } : run)),
    health,
  }
}

const evidence = (what: Evidence['what'], { entryId, time }: LifeWord): Evidence => ({
  what,
  id: entryId,
  time,
})

/** A label in the place of the engine's signal says nothing. */
const killOf = ({ shadows }: Life, word: LifeWord): Evidence => ({
  ...evidence('kill', word),
  ...(word.signal === undefined || shadows.includes('signal') ? {} : { signal: word.signal }),
})

function addKill(kills: readonly Evidence[], kill: Evidence): readonly Evidence[] {
  return kills.length < MAX_KILLS ? [...kills, kill] : [kills[0]!, ...kills.slice(2), kill]
}
