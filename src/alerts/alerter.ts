import type { Actor } from '../actors/actor.ts'
import { createBell } from '../actors/bell.ts'
import type { Clock } from '../actors/clock.ts'
import type { AlertRule } from '../config/alert-rules.ts'
import type { Appended, Journal } from '../journal/journal.ts'
import { whileJournalFails } from '../journal/patience.ts'
import type { AlertEntry } from '../model/alert.ts'
import { decodeEntry, encodeEntry } from '../model/entry-codec.ts'
import type { Entry, Seq } from '../model/entry.ts'
import { asError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import { createAlertFold, type AlertFold } from './fold.ts'
import type { AlertStore, SavedAlerts } from './store.ts'

/** How alerts fare, for health. */
export interface AlertsStatus {
  /** Alerts that fire now. */
  readonly firing: number
  /** Set while their place can't be kept: they are told all the same, after a crash perhaps twice. */
  readonly lastError?: string
}

export interface Alerter extends Actor {
  status(): AlertsStatus
}

/** Entries read at once where it is behind. */
const PAGE = 500
/** What is further behind is history, and wakes nobody. */
const MOST_BEHIND = 100_000
/** Where nothing is told the place is kept so often: what comes after it is looked at again after a crash. */
const KEEP_EVERY_ENTRIES = 5_000
const KEEP_EVERY_MS = 60_000

/**
 * Asks every rule of every entry that is in the journal, and appends what has to be told. What is told
 * is kept beside the place before it is appended, so that a crash neither loses nor doubles it; ids that
 * say what is told do the rest. The first time it begins at the journal's end.
 */
export function createAlerter(options: {
  readonly rules: readonly AlertRule[]
  readonly journal: Pick<Journal, 'chain' | 'find' | 'appended$'>
  readonly append: (entries: readonly Entry[], signal: AbortSignal) => Promise<void>
  readonly store?: AlertStore
  readonly clock: Clock
  readonly log: Log
}): Alerter {
  const { rules, journal, append, store, clock, log } = options
  const bell = createBell(clock)
  const outbox: AlertEntry[] = []
  const tell = (alert: AlertEntry): number => outbox.push(alert)
  let fold: AlertFold | undefined
  let epoch = ''
  let place: Seq = 0
  /** The last place known to be appended. */
  let head: Seq = 0
  let isBehind = true
  /** What monotonic time has to be moved by to be on the fold's line. */
  let offset = 0
  let kept = { seq: 0, at: -Infinity }
  let lastError: string | undefined

  const now = (): number => clock.monotonic() + offset

  function onAppended({ entries }: Appended): void {
    for (const entry of entries) {
      head = Math.max(head, entry.seq)
      if (isBehind || entry.seq <= place) continue
      if (entry.seq !== place + 1) {
        isBehind = true
        continue
      }
      place = entry.seq
      fold?.take(entry, now())
    }
    bell.ring()
  }

  /** A journal that can't be read (a damaged page, its disk) is asked again; it is said once. */
  async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
    let isTold = false
    return whileJournalFails(ask, {
      clock,
      signal,
      onFailure({ message }) {
        if (!isTold) log.warn({}, `alerts wait for the journal, trying again: ${message}`)
        isTold = true
      },
    })
  }

  const chainOf = (signal: AbortSignal) => patiently(() => journal.chain(), signal)

  async function begin(signal: AbortSignal): Promise<AlertFold> {
    const saved = await load()
    const chain = await chainOf(signal)
    ;({ epoch } = chain)
    head = Math.max(head, chain.head.seq)
    if (saved === undefined) {
      place = chain.head.seq
      return createAlertFold(rules, tell)
    }
    offset = saved.now + Math.max(0, clock.now() - saved.wall) - clock.monotonic()
    outbox.push(...saved.outbox.map((text) => decodeEntry(text) as AlertEntry))
    place = saved.epoch === epoch ? saved.seq : chain.head.seq
    if (head - place > MOST_BEHIND) {
      log.warn({}, `alerts: ${head - place} entries are not looked at any more: they are too old`)
      place = head
    }
    // It was not looked: quiet is only what was seen to be quiet.
    for (const alert of saved.alerts) alert.lastMatch = now()
    return createAlertFold(rules, tell, saved.alerts)
  }

  async function load(): Promise<SavedAlerts | undefined> {
    try {
      return await store?.load()
    } catch (thrown) {
      const { message } = asError(thrown)
      log.warn({}, `which alerts were open is not known any more: ${message}`)
      return undefined
    }
  }

  async function catchUp(current: AlertFold, signal: AbortSignal): Promise<void> {
    while (isBehind) {
      signal.throwIfAborted()
      if (place >= head) {
        isBehind = false
        return
      }
      const to = Math.min(head, place + PAGE)
      const seqs = Array.from({ length: to - place }, (_, index) => place + 1 + index)
      const entries = await patiently(() => journal.find(seqs), signal)
      place = to
      for (const entry of entries) current.take(entry, now())
    }
  }

  /** First the file, then the journal: what a crash leaves undone is done from the file. */
  async function flush(current: AlertFold, signal: AbortSignal): Promise<void> {
    while (outbox.length > 0) {
      const told = [...outbox]
      await keep(current)
      await append(told, signal)
      outbox.splice(0, told.length)
    }
    const isDue =
      place - kept.seq >= KEEP_EVERY_ENTRIES || clock.monotonic() - kept.at >= KEEP_EVERY_MS
    if (place !== kept.seq && isDue) await keep(current)
  }

  async function keep(current: AlertFold): Promise<void> {
    const seq = place
    try {
      await store?.save({
        epoch,
        seq,
        now: now(),
        wall: clock.now(),
        alerts: current.alerts,
        outbox: outbox.map(encodeEntry),
      })
      lastError = undefined
    } catch (thrown) {
      const { message } = asError(thrown)
      if (lastError !== message) log.warn({}, `the place of the alerts can't be kept: ${message}`)
      lastError = message
    }
    kept = { seq, at: clock.monotonic() }
  }

  return {
    name: 'alerts',
    async run({ signal }) {
      const waking = journal.appended$.subscribe(onAppended)
      isBehind = true
      try {
        fold ??= await begin(signal)
        head = Math.max(head, (await chainOf(signal)).head.seq)
        for (;;) {
          await catchUp(fold, signal)
          fold.tick(now(), clock.nowNanos())
          await flush(fold, signal)
          const next = fold.next()
          const patience = next === undefined ? undefined : Math.max(1, next - now())
          await bell.wait(
            signal,
            patience === undefined ? undefined : Math.min(patience, 2 ** 31 - 1),
          )
        }
      } finally {
        waking.unsubscribe()
        if (fold !== undefined && !isBehind) await keep(fold)
      }
    },
    status: () => ({
      firing: fold?.alerts.filter(({ isTold }) => isTold).length ?? 0,
      ...(lastError === undefined ? {} : { lastError }),
    }),
  }
}
