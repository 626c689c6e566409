import { randomUUID } from 'node:crypto'
import { systemClock, type Clock } from '../actors/clock.ts'
import type { FakeInspect } from './container.ts'
import { shapeFor, type FakeEvent, type SentEvent } from './event.ts'
import { createHistory } from './history.ts'
import { openStream, type EngineStream, type Transport } from './stream.ts'

/** Of which events a stream is asked for, in which dialect. */
interface StreamRequest {
  readonly since?: bigint
  readonly until?: bigint
  /** Default: the engine's own. */
  readonly apiVersion?: string
}

/** What an engine is, whatever carries its words: history, streams and containers. */
export interface EngineCore {
  id: string
  readonly kind: 'docker' | 'podman'
  readonly name: string
  readonly version: string
  readonly apiVersion: string
  /** Inspect answers by container id. */
  readonly containers: Map<string, FakeInspect>
  /** Open streams. */
  readonly subscribers: number
  /** Events since the engine's start, as its metrics tell: `engine_daemon_events_total`. */
  readonly total: number
  /** When this life of the engine began: nanoseconds since the epoch. */
  readonly startedAt: bigint
  /** How a reader is treated that does not read. */
  readonly queue: { readonly slots: number; readonly waitMs: number }
  /** Set: as if a proxy stood in between that cuts streams opened from now on after so long without a word. */
  idleMs: number | undefined
  now(): bigint
  /**
   * Remembers the event and sends it to all streams: one operation of the engine among many. Where a
   * reader has no slot free, the event waits for one, and is lost for that reader after `waitMs`.
   */
  publish(event: FakeEvent): SentEvent
  /**
   * The two halves of `publish`: an engine appends under a lock and sends afterwards, so who
   * subscribes between the two gets the event twice, and two events may change places.
   */
  append(event: FakeEvent): SentEvent
  announce(event: SentEvent): void
  /** Sends text to all streams that no history remembers and no slot holds. */
  sendRaw(text: string): void
  /** History, then what happens. */
  subscribe(request: StreamRequest, transport: Transport): EngineStream
  /** All streams end without an end, in the middle of this text if one is given. */
  cut(partial?: string): void
  /** All streams stay open, and nothing comes through them any more. */
  hush(): void
  /** A new life of the engine: history, counter and streams are gone, containers stay. */
  forget(): void
}

export interface CoreOptions {
  readonly id?: string
  /** Default `docker`. Podman loses nothing for a slow reader, and speaks otherwise. */
  readonly kind?: 'docker' | 'podman'
  readonly name?: string
  readonly version?: string
  /** Default 1.52. Below it events have the old fields, too. */
  readonly apiVersion?: string
  /** Default 256, as Docker's; Podman remembers all. */
  readonly ringSize?: number
  /** Events held for a reader that does not read. Default 1,024, as Docker's; Podman: no limit. */
  readonly slots?: number
  /** How long an event waits for a slot, in ms. Default 100, as Docker's. */
  readonly waitMs?: number
  /** Told of each event that a reader lost. */
  readonly onLost?: (event: SentEvent) => void
  /** The engine's clock. Default: this machine's. */
  readonly clock?: Pick<Clock, 'nowNanos' | 'monotonic' | 'after'>
}

/** Timers can't be set for longer; nobody waits so long. */
const MAX_TIMER_MS = 2 ** 31

export function createEngineCore(options: CoreOptions = {}): EngineCore {
  const { clock = systemClock, kind = 'docker', waitMs = 100, apiVersion = '1.52' } = options
  const isPodman = kind === 'podman'
  const slots = options.slots ?? (isPodman ? Infinity : 1_024)
  const history = createHistory(options.ringSize ?? (isPodman ? Infinity : 256))
  const streams = new Set<EngineStream>()
  const now = (): bigint => clock.nowNanos()
  const ownShape = shapeFor({ kind, apiVersion }, apiVersion)
  let total = 0
  let startedAt = now()

  /** Podman leaves out both ends, and reads hardly any of its file where the end is past already. */
  function remembered(since: bigint | undefined, until: bigint | undefined): SentEvent[] {
    if (!isPodman) return history.between(since, until)
    if (until !== undefined && until <= now()) return []
    return since === undefined ? [] : history.between(since + 1n, undefined)
  }

  const core: EngineCore = {
    id: options.id ?? randomUUID(),
    kind,
    name: options.name ?? 'fake-host',
    version: options.version ?? (isPodman ? '4.3.1' : '29.0.0'),
    apiVersion,
    containers: new Map(),
    get subscribers() {
      return streams.size
    },
    get total() {
      return total
    },
    get startedAt() {
      return startedAt
    },
    queue: { slots, waitMs },
    idleMs: undefined,
    now,
    publish(event) {
      const sent = core.append(event)
      core.announce(sent)
      return sent
    },
    append(event) {
      total++
      const time = event.time ?? now()
      const sent = { time, event, line: ownShape(event, time) }
      history.append(sent)
      return sent
    },
    announce(event) {
      for (const stream of streams) stream.offer(event)
    },
    sendRaw(text) {
      for (const stream of streams) stream.sendRaw(text)
    },
    subscribe({ since, until, apiVersion: asked = apiVersion }, transport) {
      const shape = shapeFor(core, asked)
      let cancel = (): void => undefined
      const stream = openStream({
        transport,
        history: remembered(since, until),
        shape: ({ event, time, line }) => (asked === apiVersion ? line : shape(event, time)),
        slots,
        waitMs,
        idleMs: core.idleMs,
        clock,
        onDrop: (event) => options.onLost?.(event),
        onOver() {
          cancel()
          streams.delete(stream)
        },
      })
      streams.add(stream)
      stream.drained()
      const leftMs = until === undefined ? Infinity : Number((until - now()) / 1_000_000n)
      if (leftMs <= 0) stream.end()
      else if (leftMs < MAX_TIMER_MS) cancel = clock.after(leftMs, () => stream.end())
      return stream
    },
    cut(partial) {
      for (const stream of streams) {
        if (partial !== undefined) stream.sendRaw(partial)
        stream.cut()
      }
    },
    hush() {
      for (const stream of streams) stream.close()
    },
    forget() {
      history.clear()
      total = 0
      startedAt = now()
      core.cut()
    },
  }
  return core
}
