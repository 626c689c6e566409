import type { Clock } from '../actors/clock.ts'
import type { KnownContainer } from '../model/container-state.ts'
import { markerOf } from '../model/entry-factory.ts'
import type { EngineRef, Entry } from '../model/entry.ts'
import { asError } from '../model/errors.ts'
import { coverBoth, holeOf, type Hole } from '../model/hole.ts'
import type { Log } from '../model/log.ts'
import type { Nanoseconds } from '../model/time.ts'
import { createKnownContainers } from './known-containers.ts'
import type { Inspector } from './port.ts'
import { takeSurvey, type Survey } from './survey.ts'

/** What the journal knows of an engine. */
export interface Memory {
  containers(engineId: string): Promise<readonly KnownContainer[]>
  /** What was told as a gap and has not been reconciled. */
  hole(engineId: string): Promise<Hole | undefined>
  /** Whether everything that was emitted is in it by now, or told as a gap. */
  isUpToDate(): boolean
  /** Whether some hundred entries more can wait for it, so that none is shed. */
  hasRoom(): boolean
}

/** A stream that was opened. */
interface OpenStream {
  readonly engine: EngineRef
  /** The engine's clock. */
  readonly engineNow: () => Nanoseconds
  /** Since when nothing proves that nothing was missed, where that is so and not told yet. */
  readonly suspectSince: () => Nanoseconds | undefined
  /** Something was missed: tells the gap up to here. */
  readonly confirm: (to: Nanoseconds) => void
  /** Aborted when the stream ends. */
  readonly signal: AbortSignal
}

export interface ReconcilerOptions {
  readonly inspector: Inspector
  readonly memory: Memory
  /** Tell the containers that exist, once for each engine. */
  readonly snapshot: boolean
  /** Takes what was found out; it is heard through `told` like everything else. */
  readonly emit: (entry: Entry) => void
  readonly log: Log
  readonly clock: Clock
}

/**
 * After a hole in what was told of an engine, concludes from the state of its containers what must
 * have happened in it. Hears everything that is emitted, so that it never contradicts it. What is
 * cut off or fails is done again with the next connection, and by the next process.
 */
export interface Reconciler {
  /** This engine is about to be followed. Rejects where the journal can't be asked. */
  begin(engine: EngineRef): Promise<void>
  /** @param early it stands before the place up to which the engine was followed */
  told(entry: Entry, early?: boolean): void
  /** Works in the background as long as the stream lives. */
  follow(stream: OpenStream): void
  /** What had been told of this interval did not get into the journal. */
  lost(hole: Hole, signal: AbortSignal): void
}

interface Job {
  /** What to compare over; none: the containers are only told. */
  readonly hole: Hole | undefined
  /** The part of it that was told as a gap. */
  readonly told: Hole | undefined
  /** Nothing proves that nothing was missed up to now. */
  readonly isSuspected: boolean
}

/** How often it is looked whether the journal is up to date, after something was lost on the way. */
const LOOK_MS = 250
/** Containers of which is told before the event loop has its turn; of each there may be five records. */
const SLICE = 20

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { memory, emit, log, clock } = options
  const known = createKnownContainers()
  let engineId: string | undefined
  /** Told as a gap and not reconciled. */
  let hole: Hole | undefined
  /** Lost on the way to the journal, and not looked into. */
  let lost: Hole | undefined
  /** Containers told so far; unset when all are. */
  let toTell: Set<string> | undefined
  let stream: OpenStream | undefined
  let inWork: OpenStream | undefined

  function due(open: OpenStream): Job | undefined {
    const since = open.suspectSince()
    const suspected = since === undefined ? undefined : { from: since, to: open.engineNow() }
    const inHand = suspected === undefined ? hole : coverBoth(hole, suspected)
    if (inHand === undefined && toTell === undefined) return undefined
    return { hole: inHand, told: hole, isSuspected: suspected !== undefined }
  }

  /** Thousands of containers at once would hold up the stream's reading, and be shed on their way. */
  async function giveWay(signal: AbortSignal): Promise<void> {
    do await clock.sleep(memory.hasRoom() ? 0 : LOOK_MS, signal)
    while (!memory.hasRoom())
  }

  /** Answers whether a further hole was told meanwhile: then it is to be done again. */
  async function conclude(open: OpenStream, survey: Survey, job: Job): Promise<boolean> {
    const { hole: inHand } = job
    if (inHand === undefined) return false
    let told = job.told
    let inferred = 0
    let taken = 0
    // Each one is told in the step that concludes it, so that the stream can't contradict it in between.
    for (const records of survey.conclusions()) {
      if (job.isSuspected && inferred === 0 && records.length > 0) {
        open.confirm(inHand.to)
        told = hole
      }
      for (const record of records) emit(record)
      inferred += records.length
      if (++taken % SLICE > 0) continue
      await giveWay(open.signal)
      if (hole !== told) return true
    }
    // What could not be inspected is asked for again after the next connection.
    if (told === undefined || survey.failed > 0) return false
    hole = undefined
    const { from, to } = told
    const data = { from: String(from), to: String(to), containers: survey.containers, inferred }
    const time = clock.nowNanos()
    emit(markerOf({ time, engine: open.engine, marker: 'engine-reconciled', data }))
    return false
  }

  async function work(open: OpenStream): Promise<void> {
    for (let job = due(open); job !== undefined; job = due(open)) {
      if (hole === undefined) known.mark()
      const { engine, engineNow, signal } = open
      const about = { engine, engineNow, hole: job.hole, told: toTell, signal }
      const survey = await takeSurvey({ ...options, ...about, known })
      signal.throwIfAborted()
      if (hole !== job.told || (await conclude(open, survey, job))) continue
      let taken = 0
      for (const record of survey.rest()) {
        emit(record)
        if (++taken % SLICE === 0) await giveWay(signal)
      }
      toTell = undefined
      if (hole === undefined) known.forgetBefore()
      if (job.isSuspected || survey.failed > 0) return
    }
  }

  function start(): void {
    const open = stream
    if (open === undefined || open === inWork || open.signal.aborted) return
    inWork = open
    void work(open)
      .catch((error: unknown) => {
        if (open.signal.aborted) return
        const fields = { engine: open.engine.name, error: asError(error).message }
        log.warn(
          fields,
          'the containers that exist could not be listed; tried again at the next connection',
        )
      })
      .finally(() => {
        if (inWork === open) inWork = undefined
      })
  }

  /** What is known is what the journal has, and what was told since: the rest was lost on the way. */
  async function lookIntoLost(signal: AbortSignal): Promise<void> {
    for (let id = engineId; lost !== undefined && id !== undefined; id = engineId) {
      if (!memory.isUpToDate()) {
        await clock.sleep(LOOK_MS, signal)
        continue
      }
      await known.reload(memory.containers(id))
      const open = await memory.hole(id) // a reconciling that was under way may have been lost, too
      if (id !== engineId || lost === undefined) return
      hole = coverBoth(open, coverBoth(hole, lost))
      lost = undefined
      start()
    }
  }

  return {
    async begin({ id }) {
      if (id === engineId) return
      engineId = undefined
      lost = undefined
      hole = await memory.hole(id)
      await known.reload(memory.containers(id))
      toTell = options.snapshot ? new Set() : undefined
      engineId = id
    },
    told(entry, early) {
      if (entry.engine === undefined || entry.engine.id !== engineId) return
      if (entry.kind === 'record') known.take(entry, early)
      if (entry.kind !== 'gap') return
      const more = holeOf(entry)
      if (more === undefined) return
      hole = coverBoth(hole, more)
      known.mark()
      start()
    },
    follow(open) {
      stream = open
      start()
    },
    lost(more, signal) {
      const isLooking = lost !== undefined
      lost = coverBoth(lost, more)
      if (isLooking) return
      lookIntoLost(signal).catch((error: unknown) => {
        lost = undefined
        if (signal.aborted) return
        log.warn({ error: asError(error).message }, 'what was lost could not be looked into')
      })
    },
  }
}
