import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { createAckReader, type AckReader } from '../../../../src/sinks/beats/acks.ts'
import { ackOf } from '../../../support/lumberjack-frames.ts'
import { assertCaught } from '../../../support/planted.ts'
import { runs } from '../../../support/property.ts'

const numbers = fc.array(fc.oneof(fc.constant(0), fc.nat(0xff_ff_ff_ff)), { maxLength: 20 })
const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 30 })

const everyAckOnce = (make: () => AckReader) =>
  fc.property(numbers, cuts, (acks, sizes) => {
    const reader = make()
    const pieces = piecesOf(Buffer.concat(acks.map(ackOf)), sizes)
    assert.deepEqual(
      pieces.flatMap((piece) => reader.read(piece)),
      acks,
    )
    assert.equal(reader.pending, 0)
  })

/** Bytes in pieces of these sizes, again and again. */
function piecesOf(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const size = sizes[piece % sizes.length]!
    pieces.push(bytes.subarray(at, at + size))
    at += size
  }
  return pieces
}

describe('ACKs in any pieces', () => {
  test('each is read once, in order', () => fc.assert(everyAckOnce(createAckReader), runs(500)))

  const plants: { readonly [bug: string]: () => AckReader } = {
    'what is left of a piece is forgotten': () => ({
      pending: 0,
      read: (chunk) => createAckReader().read(chunk),
    }),
    'a second ACK in a piece is passed over': () => {
      const reader = createAckReader()
      return { pending: 0, read: (chunk) => reader.read(chunk).slice(0, 1) }
    },
    'a keep-alive is passed over': () => {
      const reader = createAckReader()
      return { pending: 0, read: (chunk) => reader.read(chunk).filter((ack) => ack !== 0) }
    },
  }
  for (const [bug, make] of Object.entries(plants))
    test(`caught: ${bug}`, () => assertCaught(everyAckOnce(make)))
})

test('an ACK that is cut is pending', () => {
  const reader = createAckReader()
  assert.deepEqual(reader.read(Buffer.concat([ackOf(7), ackOf(8).subarray(0, 4)])), [7])
  assert.equal(reader.pending, 4)
})

const strangers: readonly (readonly [string, string, RegExp])[] = [
  ['an HTTP server', 'HTTP/1.1 400 Bad Request\r\n', /speaks HTTP.*beats input\? HTTP\/1.1 400/],
  ['a TLS server', '\u0015\u0003\u0003\u0000\u0002\u0002\u0046', /wants TLS \(use beats\+tls:/],
  ['version 1', '1A\u0000\u0000\u0000\u0001', /version 1 of the protocol; version 2 is needed/],
  ['a data frame', '2J\u0000\u0000\u0000\u0001', /no ACK of lumberjack v2/],
  ['SSH', 'SSH-2.0-OpenSSH_9.2\r\n', /no ACK of lumberjack v2.*SSH-2.0-OpenSSH_9.2$/],
  ['one strange byte', 'x', /no ACK of lumberjack v2/],
]

for (const [name, said, reason] of strangers) {
  test(`${name} is told from an ACK, also behind one`, () => {
    const bytes = Buffer.from(said, 'latin1')
    assert.throws(() => createAckReader().read(bytes), reason)
    assert.throws(() => createAckReader().read(Buffer.concat([ackOf(1), bytes])), reason)
  })
}
