import { duplexPair, type Duplex } from 'node:stream'
import * as fc from 'fast-check'
import { watch, type WatchedSocket } from '../../src/sinks/wire/socket.ts'
import { ackOf, readWindows } from './lumberjack-frames.ts'
import type { ManualClock } from './manual-clock.ts'

/** How a server takes a window, or a connection (`refuse`). */
export type Manner =
  | { readonly does: 'ack' | 'beyond' | 'back' | 'nonsense' | 'silence' | 'end' | 'refuse' }
  /** ACKs a part, and then the end of the connection, cut in the middle of the next ACK or not. */
  | { readonly does: 'part'; readonly part: number; readonly cut: number }
  /** ACKs a part, and the rest this much later. */
  | { readonly does: 'later'; readonly part: number; readonly ms: number }
  | { readonly does: 'alive'; readonly times: number; readonly ms: number }

const part = fc.double({ min: 0, max: 1, noNaN: true })

export const manner: fc.Arbitrary<Manner> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: fc.constant('ack' as const) }) },
  fc.record({
    does: fc.constantFrom('beyond', 'back', 'nonsense', 'silence', 'end', 'refuse'),
  }),
  fc.record({ does: fc.constant('part' as const), part, cut: fc.nat(5) }),
  fc.record({ does: fc.constant('later' as const), part, ms: fc.nat(3000) }),
  fc.record({ does: fc.constant('alive' as const), times: fc.nat(12), ms: fc.nat(1500) }),
)

/** Lumberjack servers in virtual time, which follow one script and then behave. */
export interface VirtualLumberjack {
  /** Instead of `openSocket`. */
  readonly open: () => Promise<WatchedSocket>
  /** The ids of all events a real ACK was sent for. */
  readonly acked: ReadonlySet<string>
  heal(): void
}

const ID = /"_id":"([0-9a-f]{32})"/

/** @param written what is put on the wire for an ACK; another number is a planted bug of the reader */
export function virtualLumberjack(
  script: readonly Manner[],
  clock: ManualClock,
  written: (ack: number, size: number) => number = (ack) => ack,
): VirtualLumberjack {
  const acked = new Set<string>()
  let left = [...script]

  function serve(socket: Duplex): void {
    let rest: Buffer = Buffer.alloc(0)
    socket.on('error', () => undefined)
    socket.on('data', (chunk: Buffer) => {
      const read = readWindows(Buffer.concat([rest, chunk]))
      rest = read.rest
      for (const { events, size } of read.windows) {
        const ids = events.map(({ text }) => ID.exec(text)![1]!)
        answer(socket, ids, size)
      }
    })
  }

  function answer(socket: Duplex, ids: readonly string[], size: number): void {
    const manner: Manner = left.shift() ?? { does: 'ack' }
    const isOpen = (): boolean => !socket.destroyed && !socket.writableEnded
    const say = (bytes: Buffer): void => void (isOpen() && socket.write(bytes))
    const ack = (count: number): void => {
      if (isOpen()) for (const id of ids.slice(0, count)) acked.add(id)
      say(ackOf(written(count, size)))
    }
    const partOf = (share: number): number => Math.floor(share * size)
    switch (manner.does) {
      case 'ack':
      case 'refuse':
        ack(size)
        break
      case 'beyond':
        say(ackOf(written(size + 1, size)))
        break
      case 'back':
        ack(Math.min(2, size))
        say(ackOf(1))
        break
      case 'nonsense':
        say(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))
        break
      case 'silence':
        break
      case 'end':
        socket.end()
        break
      case 'part':
        ack(partOf(manner.part))
        socket.end(ackOf(size).subarray(0, manner.cut))
        break
      case 'later':
        ack(partOf(manner.part))
        clock.after(manner.ms, () => ack(size))
        break
      case 'alive':
        for (let time = 1; time <= manner.times; time++)
          clock.after(time * manner.ms, () => say(ackOf(written(0, size))))
        clock.after((manner.times + 1) * manner.ms, () => ack(size))
        break
    }
  }

  return {
    acked,
    open() {
      if (left[0]?.does === 'refuse') {
        left.shift()
        return Promise.reject(new Error('connect ECONNREFUSED'))
      }
      const [client, server] = duplexPair()
      serve(server)
      return Promise.resolve(watch(client))
    },
    heal: () => void (left = []),
  }
}
