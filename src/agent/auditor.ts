import { filter, type Observable } from 'rxjs'
import type { LifeEvent } from '../actors/actor.ts'
import { systemClock } from '../actors/clock.ts'
import { withDeadline } from '../actors/deadline.ts'
import { createSupervisor, type Supervised } from '../actors/supervisor.ts'
import { compileFilter, requireFilter } from '../filter/compile.ts'
import { createAlerter } from '../alerts/alerter.ts'
import { createAlertStore } from '../alerts/store.ts'
import { createLivesKeeper } from '../lives/keeper.ts'
import { createMemoryJournal } from '../journal/memory.ts'
import { whileJournalFails } from '../journal/patience.ts'
import type { JournalReader } from '../journal/journal.ts'
import { markerOf } from '../model/entry-factory.ts'
import type { MarkerName, Sequenced } from '../model/entry.ts'
import { silentLog } from '../model/log.ts'
import { createRedactor } from '../model/redaction.ts'
import { createShipper, type Shipper } from '../sinks/shipper.ts'
import { createTaps, type TapOptions, type Tapped } from '../streams/tap.ts'
import { askJournal } from './ask-journal.ts'
import { entriesOf } from './entries.ts'
import { judge, type Health } from './health.ts'
import type { AuditorParts, SinkPart } from './parts.ts'
import { createRecorder } from './recorder.ts'
import { createWriter, type WriterStatus } from './writer.ts'

/** A recorder with its journal and sinks. Made by `createAuditor`, begun by `start`. */
export interface Auditor extends AsyncDisposable {
  /** Each entry as soon as it is durable, in the journal's order. */
  readonly entries$: Observable<Sequenced>
  /** Births, failures and ends of the actors inside. */
  readonly life$: Observable<LifeEvent>
  /** Resolves when the auditor was stopped; rejects when a part of it failed too often to go on. */
  readonly ended: Promise<void>
  /** Begins with the sinks and ends with the engines. Does not wait for an engine. */
  start(): Promise<void>
  health(): Promise<Health>
  /**
   * Resolves when every sink (or these) has everything that is in the journal now, retried dead
   * letters among it.
   */
  drain(signal?: AbortSignal, sinks?: ReadonlySet<string>): Promise<void>
  /**
   * What passes a stage of the pipeline from now on, without secrets, until the signal is aborted. Who is
   * too slow for it is told how many were dropped; nothing waits for it.
   */
  tap(options: Pick<TapOptions, 'stage' | 'accepts' | 'signal'>): AsyncIterable<Tapped>
  /** Tells of every run that has ended, though more might have come: the end of a trace. */
  conclude(signal?: AbortSignal): Promise<void>
  /**
   * Stops reading, makes durable what was read, and gives the sinks what is left of `withinMs`
   * (default 8 s) but its last eighth, which is for closing them (500 ms) and the journal; what they
   * don't get then, they get after the next start.
   */
  stop(withinMs?: number): Promise<void>
}

const STOP_WITHIN_MS = 8_000
/** Of the time to stop, for all but closing; see `CLOSE_MS` of the deliverer. */
export const FLUSH_SHARE = 7 / 8
/** Of whoever waits without end. */
const never = new AbortController().signal
const SINK_DEFAULTS = { batch: 500, every: 0, timeout: 30_000 } as const

/** @throws AuditorError `config-invalid` for a filter that is none */
export function createAuditor(parts: AuditorParts): Auditor {
  const clock = parts.clock ?? systemClock
  const log = parts.log ?? silentLog
  const journal = parts.journal ?? createMemoryJournal()
  const ended = Promise.withResolvers<void>()
  ended.promise.catch(() => undefined)
  const supervisor = createSupervisor({
    clock,
    onEscalation: (actor, error) => {
      log.error({ err: error }, `${actor} fails again and again: ${error.message}`)
      ended.reject(error)
    },
  })
  const writer = createWriter({ journal, log })
  const abandoning = new AbortController()
  const stopping = new AbortController()
  /** Why it has not begun yet. */
  let waiting: WriterStatus['failing']
  const taps = createTaps()
  const redactor = createRedactor({ patterns: parts.redact ?? [] })
  const recorders = parts.engines.map((engine) =>
    createRecorder({
      engine,
      settings: parts,
      journal,
      write: (group, signal) => writer.write(group, signal),
      taps,
      isJournalStuck: () => writer.status().failing !== undefined,
      abandon: abandoning.signal,
      clock,
      log,
    }),
  )
  const lives =
    parts.lives === undefined
      ? undefined
      : createLivesKeeper({
          dir: parts.lives,
          tellsPosture: parts.posture ?? true,
          wake$: journal.appended$,
          append: (entries, signal) => writer.write({ entries }, signal),
          clock,
          log,
        })
  const alerter =
    parts.alerts === undefined
      ? undefined
      : createAlerter({
          rules: parts.alerts.rules,
          journal,
          append: (entries, signal) => writer.write({ entries }, signal),
          ...(parts.alerts.dir === undefined ? {} : { store: createAlertStore(parts.alerts.dir) }),
          clock,
          log,
        })
  const shippers: Shipper[] = []
  const shipping: Supervised[] = []
  let recording: readonly Supervised[] = []
  let keeping: Supervised | undefined
  let alerting: Supervised | undefined
  let stopped: Promise<void> | undefined

  function mark(
    marker: MarkerName,
    data: { readonly [name: string]: string | number },
    signal: AbortSignal,
  ): Promise<void> {
    const entry = markerOf({ time: clock.nowNanos(), marker, data })
    return writer.write({ entries: [entry] }, signal)
  }

  /** A sink the journal does not know is waited for before anything is recorded: it misses nothing. */
  async function register({ sink, from, maxLag }: SinkPart): Promise<JournalReader> {
    const limit = maxLag === undefined ? {} : { maxLagMs: maxLag }
    const reader = await whileJournalFails(() => journal.reader(sink.name, from, limit), {
      clock,
      signal: stopping.signal,
      onFailure(error) {
        if (waiting === undefined) log.error({ err: error }, `waiting: ${error.message}`)
        waiting = { since: waiting?.since ?? clock.now(), error }
      },
    })
    waiting = undefined
    return reader
  }

  async function addSink(part: SinkPart): Promise<void> {
    const { sink, filter: text, ...settings } = part
    const accepts = text === undefined || text === '' ? undefined : requireFilter(text)
    const shipper = createShipper({
      sink,
      settings: { ...SINK_DEFAULTS, ...settings, name: sink.name },
      reader: await register(part),
      wake$: journal.appended$,
      // Nothing new was appended: somebody moved a cursor, or is in a hurry.
      hurry$: journal.appended$.pipe(filter(({ entries }) => entries.length === 0)),
      clock,
      log,
      waiting: async () =>
        (await journal.cursors()).find((cursor) => cursor.sink === sink.name)?.pending ?? 0,
      keepTrouble: (trouble) => journal.keepTrouble(sink.name, trouble),
      ...(accepts === undefined ? {} : { accepts: compileFilter(accepts) }),
    })
    shippers.push(shipper)
    shipping.push(supervisor.start(shipper, parts.restart))
  }

  async function drain(signal: AbortSignal, sinks?: ReadonlySet<string>): Promise<void> {
    const meant = shippers.filter((shipper) => sinks?.has(shipper.status().name) ?? true)
    await Promise.all(meant.map((shipper) => shipper.drain(signal)))
  }

  /** The anchor behind the mark lets the sinks tell whether the journal's end was cut off later. */
  async function markStop(deadline: AbortSignal): Promise<void> {
    await mark('agent-stopped', {}, deadline)
    const limits = { ms: STOP_WITHIN_MS, signal: deadline, clock, what: 'an anchor' }
    await withDeadline(() => journal.anchor(), limits)
  }

  async function stop(withinMs: number): Promise<void> {
    stopping.abort(new Error('the auditor is stopped'))
    const flushing = new AbortController()
    const deadline = flushing.signal
    const cancel = clock.after(Math.floor(withinMs * FLUSH_SHARE), () => {
      flushing.abort(new Error('no time is left to deliver'))
      abandoning.abort()
    })
    await Promise.all(recording.map((child) => child.stop()))
    if (recording.length > 0 && !deadline.aborted) {
      await keeping?.stop()
      await alerting?.stop()
      await markStop(deadline).catch((error: unknown) =>
        log.warn(
          { err: error },
          'the stop is not marked in the journal: it was not written in time',
        ),
      )
      // What a sink did not get in time it gets after the next start: its cursor says so.
      await drain(deadline).catch(() => undefined)
    }
    cancel()
    // One that is slow to close does not keep the others from it.
    await Promise.all(shipping.map((child) => child.stop()))
    await supervisor.stop()
    await lives?.[Symbol.asyncDispose]()
    await journal[Symbol.asyncDispose]()
    ended.resolve()
  }

  return {
    entries$: entriesOf(journal.appended$),
    life$: supervisor.life$,
    ended: ended.promise,
    async start() {
      supervisor.start(writer, parts.restart)
      for (const part of parts.sinks ?? []) await addSink(part)
      // Without an engine nothing is recorded: a replay or a drain leaves no mark.
      // Nor is the mark waited for: it is the first to be written, when the journal can be.
      if (recorders.length > 0) void mark('agent-started', { ...parts.about }, never)
      if (alerter !== undefined) alerting = supervisor.start(alerter, parts.restart)
      if (lives !== undefined) keeping = supervisor.start(lives, parts.restart)
      recording = recorders.map((recorder) => supervisor.start(recorder, parts.restart))
    },
    async health() {
      const { cursors, stats, unanswered } = await askJournal(journal)
      return judge({
        engines: recorders.map((recorder) => recorder.status()),
        writer: { ...writer.status(), ...(waiting === undefined ? {} : { failing: waiting }) },
        ...(stats === undefined ? {} : { journal: stats }),
        ...(unanswered === undefined ? {} : { unanswered }),
        ...(lives === undefined ? {} : { lives: lives.status() }),
        ...(alerter === undefined ? {} : { alerts: alerter.status() }),
        sinks: shippers.map((shipper) => {
          const status = shipper.status()
          const cursor = cursors.get(status.name)
          return cursor === undefined ? status : { ...status, cursor }
        }),
      })
    },
    tap: (options) => taps.open({ ...options, redactor, clock }),
    conclude: async (signal) => {
      await keeping?.stop()
      await lives?.conclude(signal ?? never)
    },
    drain: (signal, sinks) => drain(signal ?? never, sinks),
    stop: (withinMs = STOP_WITHIN_MS) => (stopped ??= stop(withinMs)),
    [Symbol.asyncDispose]: () => (stopped ??= stop(STOP_WITHIN_MS)),
  }
}
