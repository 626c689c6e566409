import type { Clock } from '../../actors/clock.ts'
import { formatDuration } from '../../config/units.ts'
import { asError } from '../../model/errors.ts'
import type { WatchedSocket } from '../wire/socket.ts'
import { createAckReader } from './acks.ts'

export interface Patience {
  /** How long a server may say nothing, in ms. */
  readonly silenceMs: number
  /** How long it may put the end of a window off by keep-alives, in ms. */
  readonly inAllMs: number
}

/** How many events of a window were ACKed, the first ones; and what went wrong, where not all. */
export interface Acked {
  readonly count: number
  readonly failure?: Error
}

/** A connection to a lumberjack server. One window at a time: the next when this one is ACKed whole. */
export interface BeatsConnection {
  /** It can't be used any more. */
  readonly broken: boolean
  /** An ACK, or a sign of life, has come on it. */
  readonly answered: boolean
  /**
   * Sends a window, which holds `count` events, and waits for its ACKs. Whatever goes wrong breaks the
   * connection, being called off too: what comes later on it would be taken for another window's.
   */
  send(window: Buffer, count: number, signal: AbortSignal): Promise<Acked>
  close(): void
}

/** The window under way. */
interface UnderWay {
  readonly count: number
  acked: number
  /** Something was heard, or has gone. */
  alive(): void
  done(): void
}

export function beatsOn(
  connection: WatchedSocket,
  patience: Patience,
  clock: Clock,
): BeatsConnection {
  const { socket } = connection
  const acks = createAckReader()
  let underWay: UnderWay | undefined
  let answered = false

  function take(ack: number): void {
    answered = true
    underWay?.alive()
    if (ack === 0) return
    if (underWay === undefined) throw new Error(`it sent ACK ${ack}, though nothing was under way`)
    const { count, acked } = underWay
    if (ack > count) throw new Error(`it sent ACK ${ack} for a window of ${count}`)
    if (ack < acked) throw new Error(`it sent ACK ${ack} after ACK ${acked}`)
    underWay.acked = ack
    if (ack < count) return
    underWay.done()
    underWay = undefined
  }

  socket.on('data', (chunk: Buffer) => {
    try {
      for (const ack of acks.read(chunk)) take(ack)
    } catch (thrown) {
      connection.break(asError(thrown))
    }
  })
  socket.on('end', () => {
    const cut = acks.pending > 0 ? ' in the middle of an ACK' : ''
    connection.break(new Error(`it closed the connection${cut}`))
  })

  /** Breaks the connection after this time, unless called off. */
  const breakAfter = (ms: number, why: string): (() => void) =>
    clock.after(ms, () => connection.break(new Error(why)))

  return {
    get broken() {
      return connection.broken !== undefined
    },
    get answered() {
      return answered
    },
    async send(window, count, signal) {
      const { silenceMs, inAllMs } = patience
      const nothing = `it said nothing for ${formatDuration(silenceMs)}`
      const putOff = `it put the batch off for ${formatDuration(inAllMs)} (is its pipeline blocked?)`
      const over = breakAfter(inAllMs, putOff)
      let silent = breakAfter(silenceMs, nothing)
      const alive = (): void => {
        silent()
        silent = breakAfter(silenceMs, nothing)
      }
      let mine: UnderWay | undefined
      try {
        await connection.unlessBroken(signal, (done) => {
          underWay = mine = { count, acked: 0, alive, done }
          // What goes wrong is told by the socket's own events.
          socket.write(window, (error) => error ?? underWay?.alive())
        })
        return { count }
      } catch (thrown) {
        connection.break(asError(thrown))
        return { count: mine?.acked ?? 0, failure: asError(thrown) }
      } finally {
        over()
        silent()
      }
    },
    close: () => connection.break(new Error('the connection was given up')),
  }
}
