import { systemClock, type Clock } from '../../actors/clock.ts'
import { formatBytes } from '../../config/units.ts'
import type { Delivery, Refusal } from '../../model/delivery.ts'
import type { Sequenced } from '../../model/entry.ts'
import { AuditorError, asError } from '../../model/errors.ts'
import { entriesFor } from '../formats/classic.ts'
import type { Sink, SinkKind } from '../sink.ts'
import { openSocket } from '../wire/socket.ts'
import type { Acked, BeatsConnection } from './connection.ts'
import { documentOf } from './document.ts'
import { failureOf } from './failure.ts'
import { windowOf } from './frames.ts'
import { beatsFromUri, beatsOptions, type BeatsOptions } from './options.ts'
import { serversOf } from './servers.ts'

/** Lumberjack v2, as Beats speak it with Logstash: delivered means ACKed. */
export const beatsKind: SinkKind<typeof beatsOptions> = {
  kind: 'beats',
  schemes: ['beats', 'beats+tls'],
  summary: 'Events with acknowledgement, as the beats input of Logstash takes them (Lumberjack v2)',
  examples: [
    'beats:',
    'beats://logstash-1:5044,logstash-2:5044?compression=0',
    'beats+tls://logstash.example:5044?ca=/etc/ca.pem&cert=/etc/me.pem&key=/etc/me.key',
  ],
  options: beatsOptions,
  fromUri: beatsFromUri,
  create: (options, name) => createBeatsSink(options, name),
}

/**
 * One batch is one window, and the next one waits for its ACK. A server that fails after it ACKed a
 * part has that part; the rest comes again, to the next server where there are several.
 */
export function createBeatsSink(
  options: BeatsOptions,
  name: string,
  clock: Clock = systemClock,
  open = openSocket,
): Sink {
  const { tls, compression, format, maxEntry, timeout, ackWithin } = options
  const servers = serversOf(options, clock, open)
  let connection: BeatsConnection | undefined

  async function connected(signal: AbortSignal): Promise<BeatsConnection> {
    if (connection?.broken !== false) connection = await servers.connect(signal)
    return connection
  }

  /** Sends a window that is not empty. Throws where no server can be reached. */
  async function send(documents: readonly Buffer[], signal: AbortSignal): Promise<Acked> {
    const window = await windowOf(documents, compression)
    const current = await connected(signal)
    const server = servers.current
    const { count, failure } = await current.send(window, documents.length, signal)
    if (failure === undefined) return { count }
    if (!signal.aborted) servers.moveOn()
    const reached = current.answered ? 'answered' : 'connected'
    const message = `server ${server}: ${failureOf(failure, { tls, reached })}`
    return { count, failure: new AuditorError('sink-unreachable', message, { cause: failure }) }
  }

  return {
    name,
    ...entriesFor(format),
    // A safety net: the connection itself minds `timeout` and `ackWithin`, and keeps what was ACKed.
    deadlineMs: 2 * timeout + ackWithin,
    async deliver({ entries }, signal): Promise<Delivery> {
      const refused: Refusal[] = []
      const sent: Sequenced[] = []
      const documents: Buffer[] = []
      for (const entry of entries) {
        const document = documentOf(entry, format)
        if (document.length > maxEntry) {
          refused.push({ seq: entry.seq, reason: tooLarge(document.length, maxEntry) })
        } else {
          documents.push(document)
          sent.push(entry)
        }
      }
      try {
        const { count, failure } =
          documents.length === 0 ? { count: 0 } : await send(documents, signal)
        return outcome(sent.slice(count), sent.length, refused, failure)
      } catch (thrown) {
        const message = asError(thrown).message
        const cause = new AuditorError('sink-unreachable', message, { cause: thrown })
        // Nothing was sent, so no entry is to blame.
        return { status: 'retry', cause, blame: 'sink' }
      }
    },
    async close() {
      connection?.close()
      connection = undefined
    },
  }
}

function outcome(
  left: readonly Sequenced[],
  sent: number,
  refused: readonly Refusal[],
  cause: Error | undefined,
): Delivery {
  if (left.length === 0 && refused.length === 0) return { status: 'delivered' }
  if (left.length === sent && refused.length === 0)
    return { status: 'retry', cause: cause ?? new Error('nothing was ACKed') }
  const retry = left.map(({ seq }) => seq)
  return { status: 'partial', retry, refused, ...(cause === undefined ? {} : { cause }) }
}

function tooLarge(size: number, limit: number): string {
  return `the document has ${size} bytes; maxEntry allows ${formatBytes(limit)}`
}
