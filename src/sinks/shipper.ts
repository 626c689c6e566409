import type { Observable } from 'rxjs'
import type { Actor } from '../actors/actor.ts'
import type { Clock } from '../actors/clock.ts'
import type { JournalReader, Limit, Page } from '../journal/journal.ts'
import { AuditorError, asError } from '../model/errors.ts'
import type { Seq, Sequenced } from '../model/entry.ts'
import type { Log } from '../model/log.ts'
import { defaultRetry, type RetrySettings } from './backoff.ts'
import { createBell } from './bell.ts'
import { createDeliverer, type Deliverer } from './deliverer.ts'
import { createDrains } from './drains.ts'
import { createPatientReader } from './patient-reader.ts'
import type { Sink, SinkSettings } from './sink.ts'
import { createSinkState, type SinkStatus } from './sink-status.ts'

export type { SinkStatus } from './sink-status.ts'

export interface ShipperParts {
  readonly sink: Sink
  readonly settings: SinkSettings
  readonly reader: JournalReader
  /** Emits whenever there may be something new to read. */
  readonly wake$: Observable<unknown>
  /** Emits when somebody wants it now: a wait between two tries is cut short. Default: never. */
  readonly hurry$?: Observable<unknown>
  /** The sink's filter. Default: everything. */
  readonly accepts?: (entry: Sequenced) => boolean
  readonly clock: Clock
  readonly log: Log
  readonly retry?: RetrySettings
  /** How many entries wait for this sink; only for the line that says it is back. */
  readonly waiting?: () => Promise<number>
  /** Most bytes a batch, by the entries' written form. Default 4 MiB; one entry always goes. */
  readonly batchBytes?: number
}

/** Brings the journal's entries to one sink. Owns its connection, retries and cursor. */
export interface Shipper extends Actor {
  status(): SinkStatus
  /**
   * Resolves when everything is settled that was in the journal at the call: up to `upTo` where that
   * is given, else until nothing waits. Batches no longer wait for more, and a wait between two tries
   * is cut short. Rejects when the signal is aborted or the shipper has ended.
   */
  drain(signal: AbortSignal, upTo?: Seq): Promise<void>
}

const DEFAULT_BATCH_BYTES = 4 * 1024 * 1024
/** An incomplete batch is looked at again this many times while it waits for more. */
const LOOKS_WHILE_LINGERING = 8

/**
 * An actor that pulls: one page of the journal is in memory, one batch is with the sink, and the
 * cursor moves when every entry of the page is settled. So a sink that is away costs a page, first
 * deliveries are in journal order (P4), and whatever a crash interrupts is delivered again (P3).
 */
export function createShipper(parts: ShipperParts): Shipper {
  const { sink, settings, clock, log } = parts
  const state = createSinkState(settings.name, clock)
  let reader = parts.reader
  const news = createBell(clock)
  const hurry = createBell(clock)
  const drains = createDrains(() => {
    news.ring()
    hurry.ring()
  })
  const limit: Limit = {
    entries: settings.batch,
    bytes: parts.batchBytes ?? DEFAULT_BATCH_BYTES,
  }

  function isMeant(entry: Sequenced): boolean {
    if (entry.kind === 'gap' && entry.sink !== undefined && entry.sink !== settings.name) {
      return false
    }
    return parts.accepts === undefined || parts.accepts(entry)
  }

  /** Whether waiting can't make the page larger: it has its entries, or its bytes. */
  async function isFull(page: Page): Promise<boolean> {
    if (page.origin === 'dead-letters' || page.entries.length >= limit.entries) return true
    return (await reader.read({ entries: 1, bytes: 1 }, page.entries.at(-1)!.seq)) !== undefined
  }

  async function nextPage(signal: AbortSignal): Promise<Page> {
    for (;;) {
      news.silence()
      const asked = drains.waiting()
      const page = await reader.read(limit)
      if (page !== undefined) return linger(page, signal)
      drains.answer(asked)
      state.idle()
      await news.wait(signal)
    }
  }

  /** An incomplete page waits up to `every` for more, and is read anew when more came. */
  async function linger(first: Page, signal: AbortSignal): Promise<Page> {
    const until = clock.monotonic() + settings.every
    let page = first
    let full = settings.every === 0 || (await isFull(page))
    for (;;) {
      const left = until - clock.monotonic()
      if (full || drains.active || left <= 0) return page
      await hurry.wait(signal, Math.min(left, settings.every / LOOKS_WHILE_LINGERING))
      if (!news.rung) continue
      news.silence()
      page = (await reader.read(limit)) ?? page
      full = await isFull(page)
    }
  }

  async function settle(page: Page, deliverer: Deliverer, signal: AbortSignal): Promise<void> {
    state.reading(page)
    const meant = page.origin === 'journal' ? page.entries.filter(isMeant) : page.entries
    const refused = await deliverer.deliver(meant, signal)
    if (!(await reader.commit(page, refused))) return
    state.settled(page, meant.length, refused.length)
    drains.settledUpTo(state.status().confirmed)
  }

  return {
    name: `shipper:${settings.name}`,
    status: () => state.status(),
    drain: (signal, upTo) => drains.wait(signal, upTo),
    async run({ signal }) {
      drains.begin()
      reader = createPatientReader(parts.reader, { sink: settings.name, signal, state, clock, log })
      const waking = parts.wake$.subscribe(() => news.ring())
      waking.add(parts.hurry$?.subscribe(() => hurry.ring()))
      const deliverer = createDeliverer({
        sink,
        timeoutMs: settings.timeout,
        retry: parts.retry ?? defaultRetry,
        state,
        hurry,
        clock,
        log,
        waiting: parts.waiting,
      })
      try {
        for (;;) await settle(await nextPage(signal), deliverer, signal)
      } catch (error) {
        if (!signal.aborted) state.failed(asError(error))
        throw error
      } finally {
        waking.unsubscribe()
        await deliverer.close()
        if (signal.aborted) {
          state.stopped()
          drains.end(new AuditorError('undelivered', `sink ${settings.name} was stopped`))
        }
      }
    },
  }
}
