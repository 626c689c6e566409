import { randomUUID } from 'node:crypto'
import { systemClock, type Clock } from '../actors/clock.ts'
import { renderEvent, type FakeEvent, type SentEvent } from './event.ts'
import { createHistory } from './history.ts'

/** One open event stream, as its transport sees it. */
interface Subscriber {
  send(text: string): void
  /** The engine has no more to say. */
  end(): void
  /** The connection is gone without an end. */
  cut(): void
}

interface Interval {
  readonly since?: bigint
  readonly until?: bigint
}

/** What an engine is, whatever carries its words: history, subscribers and containers. */
export interface EngineCore {
  id: string
  readonly name: string
  readonly version: string
  readonly apiVersion: string
  /** Inspect answers by container id. */
  readonly containers: Map<string, object>
  readonly subscribers: number
  now(): bigint
  /** Remembers the event and sends it to all streams. */
  publish(event: FakeEvent): SentEvent
  /**
   * The two halves of `publish`: an engine appends under a lock and sends afterwards, so who
   * subscribes between the two gets the event twice.
   */
  append(event: FakeEvent): SentEvent
  announce(event: SentEvent): void
  /** Sends text to all streams that no history remembers. */
  sendRaw(text: string): void
  /** History, then what happens; returns the way to leave. */
  subscribe(interval: Interval, subscriber: Subscriber): () => void
  /** All streams end without an end, in the middle of this text if one is given. */
  cut(partial?: string): void
  /** All streams stay open, and nothing comes through them any more. */
  hush(): void
  /** A new life of the engine: history and streams are gone, containers stay. */
  forget(): void
}

export interface CoreOptions {
  readonly id?: string
  readonly name?: string
  readonly version?: string
  readonly apiVersion?: string
  /** Default 256, as Docker's. */
  readonly ringSize?: number
  /** The engine's clock. Default: this machine's. */
  readonly clock?: Pick<Clock, 'nowNanos' | 'after'>
}

export function createEngineCore(options: CoreOptions = {}): EngineCore {
  const { clock = systemClock } = options
  const now = (): bigint => clock.nowNanos()
  const history = createHistory(options.ringSize ?? 256)
  const subscribers = new Set<Subscriber>()

  const core: EngineCore = {
    id: options.id ?? randomUUID(),
    name: options.name ?? 'fake-host',
    version: options.version ?? '29.0.0',
    apiVersion: options.apiVersion ?? '1.52',
    containers: new Map(),
    get subscribers() {
      return subscribers.size
    },
    now,
    publish(event) {
      const sent = core.append(event)
      core.announce(sent)
      return sent
    },
    append(event) {
      const sent = renderEvent(event, event.time ?? now())
      history.append(sent)
      return sent
    },
    announce: (event) => core.sendRaw(`${event.line}\n`),
    sendRaw(text) {
      for (const subscriber of subscribers) subscriber.send(text)
    },
    subscribe({ since, until }, subscriber) {
      for (const event of history.between(since, until)) subscriber.send(`${event.line}\n`)
      if (until !== undefined && until <= now()) {
        subscriber.end()
        return () => undefined
      }
      subscribers.add(subscriber)
      const close = (): void => {
        if (subscribers.delete(subscriber)) subscriber.end()
      }
      const cancel =
        until === undefined ? undefined : clock.after(Number((until - now()) / 1_000_000n), close)
      return () => {
        cancel?.()
        subscribers.delete(subscriber)
      }
    },
    cut(partial) {
      const all = [...subscribers]
      subscribers.clear()
      for (const subscriber of all) {
        if (partial !== undefined) subscriber.send(partial)
        subscriber.cut()
      }
    },
    hush: () => subscribers.clear(),
    forget() {
      history.clear()
      core.cut()
    },
  }
  return core
}
