import type { Clock } from '../../actors/clock.ts'
import { withDeadline } from '../../actors/deadline.ts'
import { readTls } from '../wire/tls.ts'
import { openSocket } from '../wire/socket.ts'
import { beatsOn, type BeatsConnection } from './connection.ts'
import { failureOf } from './failure.ts'
import { addressOf, type BeatsOptions } from './options.ts'

/** The servers of a sink, of which one is used at a time. */
export interface Servers {
  /** The one that is asked now, or is to be asked first. */
  readonly current: string
  /**
   * Connects to the current one, or else to the next one that lets it. Each of them has its share of
   * `timeout`. Throws what all of them said.
   */
  connect(signal: AbortSignal): Promise<BeatsConnection>
  /** The current one failed: the next one comes first. */
  moveOn(): void
}

export function serversOf(options: BeatsOptions, clock: Clock, open = openSocket): Servers {
  const { hosts, tls, timeout: silenceMs, ackWithin: inAllMs } = options
  let at = 0

  const moveOn = (): void => void (at = (at + 1) % hosts.length)

  async function connectTo(text: string, signal: AbortSignal): Promise<BeatsConnection> {
    const endpoint = { ...addressOf(text), ...(tls ? { tls: readTls(options) } : {}) }
    const limits = { what: 'connecting', ms: silenceMs / hosts.length, signal, clock }
    const socket = await withDeadline((own) => open(endpoint, own), limits)
    return beatsOn(socket, { silenceMs, inAllMs }, clock)
  }

  return {
    get current() {
      return hosts[at]!
    },
    async connect(signal) {
      const failures: string[] = []
      while (failures.length < hosts.length) {
        const host = hosts[at]!
        try {
          return await connectTo(host, signal)
        } catch (thrown) {
          signal.throwIfAborted()
          failures.push(`${host}: ${failureOf(thrown, { tls, reached: 'nothing' })}`)
          moveOn()
        }
      }
      throw new Error(failures.join('; '))
    },
    moveOn,
  }
}
