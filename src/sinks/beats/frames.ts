import { promisify } from 'node:util'
import { deflate } from 'node:zlib'

/*
 * What a client says in the Lumberjack protocol, version 2. Every frame begins with the version and
 * its kind, numbers are unsigned, of 32 bits, big-endian:
 *
 *     2W  how many events follow, until the next ACK
 *     2J  sequence number, length, one JSON object
 *     2C  length, zlib stream of further frames
 */

const compressed = promisify(deflate)

const HEAD = 2
const NUMBER = 4

/**
 * One window as it is sent. Sequence numbers begin at 1 in each: the server's answer is the number of
 * the last event it has, counted so.
 *
 * @param documents at least one, JSON objects: a server answers nothing to a window of 0
 * @param level of compression, 1 to 9; 0: none
 */
export async function windowOf(documents: readonly Buffer[], level: number): Promise<Buffer> {
  if (documents.length === 0) throw new RangeError('a window of 0 is never answered')
  const events = eventsOf(documents)
  const window = headOf('W', [documents.length])
  if (level === 0) return Buffer.concat([window, events])
  const packed = await compressed(events, { level })
  return Buffer.concat([window, headOf('C', [packed.length]), packed])
}

function eventsOf(documents: readonly Buffer[]): Buffer {
  const sizes = documents.reduce((sum, { length }) => sum + length, 0)
  const all = Buffer.allocUnsafe(sizes + documents.length * (HEAD + 2 * NUMBER))
  let at = 0
  for (const [index, document] of documents.entries()) {
    at += headOf('J', [index + 1, document.length]).copy(all, at)
    at += document.copy(all, at)
  }
  return all
}

function headOf(kind: 'W' | 'J' | 'C', numbers: readonly number[]): Buffer {
  const head = Buffer.allocUnsafe(HEAD + numbers.length * NUMBER)
  head.write(`2${kind}`, 'latin1')
  for (const [index, number] of numbers.entries()) head.writeUInt32BE(number, HEAD + index * NUMBER)
  return head
}
