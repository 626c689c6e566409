import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createDecoder, type BadLine, type Decoder } from '../../src/docker/decode.ts'
import type { DockerEvent } from '../../src/model/docker-event.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

type MakeDecoder = typeof createDecoder
type Told = { readonly event: DockerEvent } | { readonly bad: BadLine }

const LIMIT = 2_000

function decodeAll(make: MakeDecoder, chunks: readonly Uint8Array[]): Told[] {
  const told: Told[] = []
  const decoder = make({
    maxLineBytes: LIMIT,
    onEvent: (event) => told.push({ event }),
    onBad: (bad) => told.push({ bad }),
  })
  for (const chunk of chunks) decoder.write(chunk)
  decoder.end()
  return told
}

/** The bytes cut at these places, each piece a copy of its own. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  )
  return ends.map((end, at) => bytes.slice(ends[at - 1] ?? 0, end))
}

interface Sent {
  readonly type: string
  readonly action: string
  readonly id: string
  readonly attributes: { readonly [name: string]: string }
  readonly time: bigint
}

/** Labels that try to be the engine's own fields, and characters of every width. */
const labelText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    'timeNano',
    '"timeNano":1',
    '\\"timeNano\\":2}',
    'ü€😀',
    '\u001e',
    '\n',
    '__proto__',
  ),
)

const sent: fc.Arbitrary<Sent> = fc.record(
  {
    type: fc.constantFrom('container', 'image', 'x-new'),
    action: fc.oneof(fc.constant('die'), labelText),
    id: labelText,
    attributes: fc
      .array(fc.tuple(labelText, labelText), { maxLength: 5 })
      .map((pairs) => Object.fromEntries(pairs)),
    time: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
  },
  { noNullPrototype: true },
)

/** Docker's layout, the older one, and one with the time in the middle (Podman). */
const layouts: readonly ((event: Sent) => string)[] = [
  ({ type, action, id, attributes, time }) =>
    `{"Type":${text(type)},"Action":${text(action)},"Actor":{"ID":${text(id)},"Attributes":${text(attributes)}},"scope":"local","time":1,"timeNano":${time}}`,
  ({ type, action, id, attributes, time }) =>
    `{"status":"x","id":"y","Type":${text(type)},"Action":${text(action)},"Actor":{"ID":${text(id)},"Attributes":${text(attributes)}},"time":1,"timeNano":${time}}`,
  ({ type, action, id, attributes, time }) =>
    `{"timeNano":${time}, "Type":${text(type)},"Action":${text(action)},"Actor":{"Attributes":${text(attributes)},"ID":${text(id)}},"HealthStatus":"healthy"}`,
]

const text = (value: unknown): string => JSON.stringify(value)

/** No line ends, no record separators, and never an event. */
const garbage = fc.oneof(
  fc.constantFrom('[]', '1', 'null', '{}', '{"message":"oops"}', '{"Type":7}', '{"Type":"a"', '}'),
  fc
    .string({ maxLength: 20 })
    .map((some) => `!${some.replaceAll('\n', '').replaceAll('\u001e', '')}`),
  fc.integer({ min: LIMIT + 1, max: 3 * LIMIT }).map((size) => 'x'.repeat(size)),
)

const lineEnd = fc.constantFrom('\n', '\r\n', '\n\n', ' \n')

interface Line {
  readonly event?: Sent
  readonly bytes: Buffer
}

const eventLine: fc.Arbitrary<Line> = fc
  .record({
    event: sent,
    layout: fc.constantFrom(...layouts),
    end: lineEnd,
    sequence: fc.boolean(),
  })
  .map(({ event, layout, end, sequence }) => ({
    event,
    bytes: Buffer.from(`${sequence ? '\u001e' : ''}${layout(event)}${end}`),
  }))

const badLine: fc.Arbitrary<Line> = fc
  .record({ body: garbage, end: lineEnd, invalid: fc.boolean() })
  .map(({ body, end, invalid }) => ({
    bytes: Buffer.concat([
      Buffer.from(body),
      Buffer.from(invalid ? [0xff, 0xc3] : []),
      Buffer.from(end),
    ]),
  }))

const lines = fc.array(fc.oneof({ weight: 3, arbitrary: eventLine }, badLine), { maxLength: 12 })
const places = fc.array(fc.nat({ max: 20_000 }), { maxLength: 30 })

const chunkingDoesNotMatter = (make: MakeDecoder): fc.IProperty<[Line[], number[]]> =>
  fc.property(lines, places, (some, cuts) => {
    const bytes = Buffer.concat(some.map((line) => line.bytes))
    assert.deepEqual(decodeAll(make, cut(bytes, cuts)), decodeAll(make, [bytes]))
    const single = Array.from({ length: bytes.length }, (_, at) => at)
    assert.deepEqual(decodeAll(make, cut(bytes, single)), decodeAll(make, [bytes]))
  })

const everyGoodLineComes = (make: MakeDecoder): fc.IProperty<[Line[], number[]]> =>
  fc.property(lines, places, (some, cuts) => {
    const bytes = Buffer.concat(some.map((line) => line.bytes))
    const told = decodeAll(make, cut(bytes, cuts))
    const events = told.flatMap((one) => ('event' in one ? [one.event] : []))
    const good = some.flatMap((line) => (line.event === undefined ? [] : [line]))
    assert.deepEqual(
      events.map(({ type, action, actorId: id, attributes, time }) => ({
        type,
        action,
        id,
        attributes,
        time,
      })),
      good.map(({ event }) => event),
    )
    assert.deepEqual(
      events.map((event) => event.line),
      good.map((line) => line.bytes.toString().replaceAll('\u001e', '').trim()),
    )
    const bad = told.flatMap((one) => ('bad' in one ? [one.bad] : []))
    assert.equal(bad.length, some.length - good.length)
    for (const { text: head, bytes: size, reason } of bad) {
      assert.ok(Buffer.byteLength(head) <= 3 * LIMIT && size > 0)
      if (reason === 'too-long') assert.ok(size > LIMIT && head.length <= 2_048)
    }
  })

test('every chunking of the same bytes gives the same events', () => {
  fc.assert(chunkingDoesNotMatter(createDecoder), runs(100))
})

test('garbage between the lines never costs a good line, and times are exact', () => {
  fc.assert(everyGoodLineComes(createDecoder), runs(200))
})

test('a real trace reads the same in any chunking', () => {
  const bytes = readFileSync(new URL('../fixtures/traces/lifecycle/events.ndjson', import.meta.url))
  const whole = decodeAll(createDecoder, [bytes])
  assert.equal(whole.length, 221)
  assert.ok(whole.every((one) => 'event' in one))
  fc.assert(
    fc.property(fc.array(fc.nat({ max: bytes.length }), { maxLength: 200 }), (cuts) => {
      assert.deepEqual(decodeAll(createDecoder, cut(bytes, cuts)), whole)
    }),
    runs(20),
  )
})

/** A decoder with its bytes or its events changed on the way. */
const changed =
  (change: (decoder: Decoder) => Decoder): MakeDecoder =>
  (options) =>
    change(createDecoder(options))

const planted: { readonly [name: string]: MakeDecoder } = {
  'a chunk is a line': changed((decoder) => ({
    ...decoder,
    write(chunk) {
      decoder.write(chunk)
      decoder.write(Buffer.from('\n'))
    },
  })),
  'each chunk is decoded as UTF-8 alone': changed((decoder) => ({
    ...decoder,
    write: (chunk) => decoder.write(Buffer.from(Buffer.from(chunk).toString())),
  })),
  'blanks at the edges of a chunk are lost': changed((decoder) => ({
    ...decoder,
    write: (chunk) =>
      decoder.write(
        Buffer.from(Buffer.from(chunk).toString('latin1').replace(/^ | $/, ''), 'latin1'),
      ),
  })),
}

for (const [name, make] of Object.entries(planted)) {
  test(`the first property finds the planted bug: ${name}`, () =>
    assertCaught(chunkingDoesNotMatter(make)))
}

const wrong: { readonly [name: string]: MakeDecoder } = {
  'timeNano is a JavaScript number': (options) =>
    createDecoder({
      ...options,
      onEvent: (event) => options.onEvent({ ...event, time: BigInt(Number(event.time)) }),
    }),
  'the first timeNano in the text counts': (options) =>
    createDecoder({
      ...options,
      onEvent(event) {
        const digits = /timeNano[^0-9]*(\d+)/.exec(event.line)?.[1]
        options.onEvent({ ...event, time: BigInt(digits ?? 0) })
      },
    }),
  'after a bad line one line is lost': (options) => {
    let skip = false
    return createDecoder({
      ...options,
      onEvent: (event) => {
        if (!skip) options.onEvent(event)
        skip = false
      },
      onBad(bad) {
        skip = true
        options.onBad(bad)
      },
    })
  },
  'the limit is ignored': (options) => createDecoder({ ...options, maxLineBytes: 1_000_000 }),
  'too long lines are not told': (options) =>
    createDecoder({ ...options, onBad: (bad) => bad.reason === 'too-long' || options.onBad(bad) }),
}

for (const [name, make] of Object.entries(wrong)) {
  test(`the second property finds the planted bug: ${name}`, () =>
    assertCaught(everyGoodLineComes(make)))
}
