import { systemClock, type Clock } from '../../actors/clock.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { Sequenced } from '../../model/entry.ts'
import { AuditorError } from '../../model/errors.ts'
import { classicWithTime, entriesFor } from '../formats/classic.ts'
import { formats } from '../formats/formats.ts'
import { headOf } from '../head-of.ts'
import type { Sink, SinkKind } from '../sink.ts'
import { describeFailure } from '../wire/failure.ts'
import { readTls } from '../wire/tls.ts'
import { openChannel, type Channel } from './channel.ts'
import { logstashFromUri, logstashOptions, type LogstashOptions } from './options.ts'

/** JSON lines over TCP: Logstash's `tcp` input, and whatever else reads lines. */
export const logstashKind: SinkKind<typeof logstashOptions> = {
  kind: 'logstash',
  schemes: ['logstash', 'logstash+tls'],
  summary: 'JSON lines over TCP, as the tcp input of Logstash reads them',
  examples: [
    'logstash:',
    'logstash://logstash.example:5959?batch=2000',
    'logstash+tls://logstash.example:5959?ca=/etc/ca.pem&cert=/etc/me.pem&key=/etc/me.key',
  ],
  options: logstashOptions,
  underProfile: { format: 'classic', connection: 'message' },
  fromUri: logstashFromUri,
  create: (options, name) => createLogstashSink(options, name),
}

/** `settle` is meant for this many entries; a larger batch must be outlived in proportion. */
const SETTLED = 1000

/** A batch that was sent and ended, whose end the receiver has not read yet. */
interface Unread {
  readonly batch: string
  readonly channel: Channel
}

/**
 * TCP has no acknowledgement of its own, and a write that returned has only reached this machine's
 * kernel. So a batch gets a connection, the receiver must outlive it by `settle`, and then this side
 * ends the connection: a receiver answers that by ending its own side, once its process has read
 * everything before. With `confirm: quiet` one connection lasts, and only outliving counts.
 *
 * A receiver that stands still does not answer. The batch then stays on its connection, and the next
 * try waits for the same answer instead of sending everything again.
 */
export function createLogstashSink(
  options: LogstashOptions,
  name: string,
  clock: Clock = systemClock,
): Sink {
  const { host, port } = options
  const isEach = options.connection === 'message'
  // With one entry each, waiting would hold up the next ones; the answer to the end has to do.
  const settle = isEach ? 0 : options.settle
  const isTimed = options.format === 'classic' && options.timestamp
  const format = isTimed ? classicWithTime : formats[options.format]
  let lasting: Channel | undefined
  let unread: Unread | undefined

  const connect = (signal: AbortSignal): Promise<Channel> =>
    openChannel({ host, port, ...(options.tls ? { tls: readTls(options) } : {}) }, signal)

  const linesOf = (entries: readonly Sequenced[]): string =>
    entries.map((entry) => `${format(entry)}\n`).join('')

  /** Sends everything and sees the receiver outlive it, on a connection that stays open. */
  async function send(entries: readonly Sequenced[], signal: AbortSignal): Promise<Channel> {
    const channel = lasting?.broken === false ? lasting : await connect(signal)
    lasting = undefined
    try {
      await channel.write(linesOf(entries), signal)
      await channel.outlast(settle * Math.max(1, entries.length / SETTLED), clock, signal)
      return channel
    } catch (error) {
      channel.destroy()
      throw error
    }
  }

  async function sendAndEnd(entries: readonly Sequenced[], signal: AbortSignal): Promise<void> {
    const batch = `${entries[0]!.seq}-${entries.at(-1)!.seq}/${entries.length}`
    if (unread !== undefined && (unread.batch !== batch || unread.channel.broken)) {
      unread.channel.destroy()
      unread = undefined
    }
    if (unread === undefined) {
      const channel = await send(entries, signal)
      channel.end()
      unread = { batch, channel }
    }
    await unread.channel.answered(signal)
    unread = undefined
  }

  return {
    name,
    ...entriesFor(options.format),
    get undecided() {
      return unread?.channel.broken === false
    },
    async deliver({ entries }, signal): Promise<Delivery> {
      let delivered = 0
      try {
        if (isEach)
          for (; delivered < entries.length; delivered++)
            await sendAndEnd([entries[delivered]!], signal)
        else if (options.confirm === 'close') await sendAndEnd(entries, signal)
        else lasting = await send(entries, signal)
        return { status: 'delivered' }
      } catch (thrown) {
        const message = `receiver ${host}:${port}: ${describeFailure(thrown, headOf)}`
        const cause = new AuditorError('sink-unreachable', message, { cause: thrown })
        if (delivered === 0) return { status: 'retry', cause }
        const retry = entries.slice(delivered).map(({ seq }) => seq)
        return { status: 'partial', retry, refused: [], cause }
      }
    },
    async close() {
      lasting?.destroy()
      unread?.channel.destroy()
      lasting = unread = undefined
    },
  }
}
