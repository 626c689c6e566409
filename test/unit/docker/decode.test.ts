import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDecoder, type BadLine } from '../../../src/docker/decode.ts'
import type { DockerEvent } from '../../../src/model/docker-event.ts'

function decode(...chunks: readonly (string | Uint8Array)[]): {
  readonly events: readonly DockerEvent[]
  readonly bad: readonly BadLine[]
} {
  const events: DockerEvent[] = []
  const bad: BadLine[] = []
  const decoder = createDecoder({ onEvent: (e) => events.push(e), onBad: (b) => bad.push(b) })
  for (const chunk of chunks) decoder.write(Buffer.from(chunk))
  decoder.end()
  return { events, bad }
}

test('an event has the fields of its line, and the line itself', () => {
  const line =
    '{"status":"die","id":"c1","Type":"container","Action":"die","Actor":{"ID":"c1","Attributes":{"exitCode":"0"}},"scope":"local","time":1795358966,"timeNano":1795358966636471773}'
  assert.deepEqual(decode(`${line}\n`).events, [
    {
      type: 'container',
      action: 'die',
      actorId: 'c1',
      attributes: { exitCode: '0' },
      scope: 'local',
      time: 1795358966636471773n,
      line,
    },
  ])
})

const time = (fields: string): bigint | undefined =>
  decode(`{"Type":"a","Actor":{"Attributes":{"l":"m"}},${fields}}\n`).events[0]?.time

test('times are exact in every layout', () => {
  assert.equal(time('"timeNano":9007199254740993'), 9007199254740993n)
  assert.equal(time('"timeNano":9007199254740993,"HealthStatus":"x"'), 9007199254740993n)
  assert.equal(time('"timeNano": 9007199254740993 '), 9007199254740993n)
  assert.equal(time('"time\\u004eano":9007199254740993'), 9007199254740993n)
  assert.equal(time('"timeNano":1,"timeNano":9007199254740993'), 9007199254740993n)
  assert.equal(time('"timeNano":"9007199254740993"'), 9007199254740993n)
  assert.equal(time('"timeNano":-6795364578871345152'), -6795364578871345152n)
  assert.equal(time('"timeNano":9223372036854775807'), 9223372036854775807n)
})

test('neither a label nor a nested field is taken for the time', () => {
  assert.equal(time('"timeNano":5,"x":{"timeNano":7}'), 5n)
  assert.equal(
    time('"timeNano":9007199254740993,"x":{"timeNano":9007199254740992}'),
    9007199254740993n,
  )
  assert.equal(time('"x":"\\"timeNano\\":7","timeNano":5'), 5n)
  assert.equal(time('"timeNano":5,"\\"timeNano":7'), 5n)
})

test('without timeNano the seconds count; without any time there is no event', () => {
  assert.equal(time('"time":1795358966'), 1795358966_000000000n)
  for (const none of [
    '"x":1',
    '"timeNano":1.5',
    '"timeNano":1e30',
    '"time":"soon"',
    '"time":1e300',
  ]) {
    const { events, bad } = decode(`{"Type":"a",${none}}\n`)
    assert.deepEqual([events.length, bad.map(({ reason }) => reason)], [0, ['no-time']], none)
  }
})

test('what is missing is empty; an attribute that is no text is kept as its JSON', () => {
  const shapes = ['{"Type":"a","time":1}', '{"Type":"a","Actor":null,"time":1}']
  shapes.push(
    '{"Type":"a","Actor":{"ID":null,"Attributes":null},"Action":null,"scope":null,"time":1}',
  )
  for (const { line, ...event } of decode(`${shapes.join('\n')}\n`).events) {
    assert.ok(shapes.includes(line))
    assert.deepEqual(event, {
      type: 'a',
      action: '',
      actorId: '',
      attributes: {},
      time: 1000000000n,
    })
  }
  const odd = '{"Type":"a","Actor":{"Attributes":{"n":1,"o":{"p":null},"t":"x"}},"time":1}\n'
  assert.deepEqual(decode(odd).events[0]?.attributes, { n: '1', o: '{"p":null}', t: 'x' })
})

test('JSON that is no event is told as such', () => {
  const lines = ['[]', '"x"', '12', 'null', '{}', '{"message":"page not found"}']
  lines.push('{"errorDetail":{"message":"x"},"error":"x"}', '{"status":"die","id":"c","time":1}')
  lines.push('{"Type":"a","Actor":"b","time":1}', '{"Type":"a","Actor":{"Attributes":[]},"time":1}')
  const { events, bad } = decode(`${lines.join('\n')}\n`)
  assert.equal(events.length, 0)
  assert.deepEqual(
    bad,
    lines.map((text) => ({ reason: 'not-an-event', bytes: text.length, text })),
  )
})

test('JSON sequences, CR LF, blank lines and a last line without its end', () => {
  const event = (n: number): string => `{"Type":"a","Action":"${n}","time":${n}}`
  const { events, bad } = decode(
    `\u001e${event(1)}\n\u001e${event(2)}\r\n\n \r\n${event(3)}\u001e\u001e${event(4)}`,
  )
  assert.deepEqual(
    events.map(({ action }) => action),
    ['1', '2', '3', '4'],
  )
  assert.equal(bad.length, 0)
})

test('a line that the end cuts off is told as cut short', () => {
  assert.deepEqual(decode('{"Type":"a","ti').bad, [
    { reason: 'cut-short', bytes: 15, text: '{"Type":"a","ti' },
  ])
})

test('invalid UTF-8 costs only the characters it spoils', () => {
  const line = Buffer.from('{"Type":"a","Action":"?","time":1}\n')
  line[line.indexOf('?')] = 0xff
  const { events, bad } = decode(line)
  assert.equal(events[0]?.action, '\ufffd')
  assert.equal(bad.length, 0)
})

test('a huge line is passed over in constant memory, with its head and size', () => {
  const block = Buffer.alloc(65_536, 'x')
  const before = process.memoryUsage().arrayBuffers
  const bad: BadLine[] = []
  const events: DockerEvent[] = []
  const decoder = createDecoder({ onEvent: (e) => events.push(e), onBad: (b) => bad.push(b) })
  decoder.write(Buffer.from('{"Type":"'))
  for (let sent = 0; sent < 1_000; sent++) decoder.write(block)
  assert.ok(process.memoryUsage().arrayBuffers - before < 8 * 1_048_576)
  decoder.write(Buffer.from('\n{"Type":"a","time":1}\n'))
  assert.equal(events.length, 1)
  assert.deepEqual(
    bad.map(({ reason, bytes, text }) => [reason, bytes, text.length, text.slice(0, 10)]),
    [['too-long', 65_536_009, 2_048, '{"Type":"x']],
  )
})
