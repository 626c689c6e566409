import { headOf } from '../head-of.ts'
import { TLS_ALERT } from '../wire/socket.ts'

/** `2A` and a number of 32 bits: all a server says in the Lumberjack protocol, version 2. */
const ACK = Buffer.from('2A')
const ACK_BYTES = ACK.length + 4

/** Reads ACKs from bytes that come in any pieces. */
export interface AckReader {
  /** Bytes of an ACK of which the rest has not come. */
  readonly pending: number
  /**
   * The numbers of the ACKs that are complete now; 0 is a sign of life.
   *
   * @throws Error where it is no ACK, saying what it may be instead
   */
  read(chunk: Buffer): number[]
}

export function createAckReader(): AckReader {
  let rest: Buffer = Buffer.alloc(0)
  return {
    get pending() {
      return rest.length
    },
    read(chunk) {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const acks: number[] = []
      let at = 0
      for (; at + ACK_BYTES <= bytes.length; at += ACK_BYTES) {
        check(bytes.subarray(at))
        acks.push(bytes.readUInt32BE(at + ACK.length))
      }
      check(bytes.subarray(at))
      rest = Buffer.from(bytes.subarray(at))
      return acks
    },
  }
}

/** Whether these bytes, perhaps too few, begin with an ACK. */
function check(bytes: Buffer): void {
  const head = bytes.subarray(0, ACK.length)
  if (!head.equals(ACK.subarray(0, head.length))) throw new Error(stranger(bytes))
}

function stranger(bytes: Buffer): string {
  if (bytes[0] === TLS_ALERT) return 'it wants TLS (use beats+tls:, or tls: true)'
  const said = headOf(bytes.toString('latin1'))
  if (said.startsWith('1A')) return 'it speaks version 1 of the protocol; version 2 is needed'
  if (said.startsWith('HTTP/')) return `it speaks HTTP; is this the port of a beats input? ${said}`
  return `its answer is no ACK of lumberjack v2; is this a beats input? ${said}`
}
