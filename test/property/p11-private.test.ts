import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import type { ContainerFacts } from '../../src/model/container-facts.ts'
import { encodeEntry } from '../../src/model/entry-codec.ts'
import { markerOf, recordOf } from '../../src/model/entry-factory.ts'
import type { Entry } from '../../src/model/entry.ts'
import { createRedactor, type Redactor } from '../../src/model/redaction.ts'
import { createLook } from '../../src/model/secret-look.ts'
import { mayHoldSecrets, withoutSecrets } from '../../src/model/secret-texts.ts'
import { createDecoder } from '../../src/docker/decode.ts'
import { containerFacts, dockerEvent, engineRef, entry } from '../support/arbitraries.ts'
import { eventLine } from '../support/event-line.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

/** Unlike anything else in an entry; may hold what passwords hold, quotes and blanks apart. */
const secret = fc
  .stringMatching(/^[A-Za-z0-9][A-Za-z0-9!$%^*_+.,;:=~#-]{8,30}$/)
  .map((tail) => `Zq9${tail}`)

const secretName = fc.constantFrom(
  'PASSWORD', 'MYSQL_ROOT_PASSWORD', 'db-password', 'dbPass', 'api_key', 'apiKey', 'SECRET', 'client_secret',
  'GITHUB_TOKEN', 'accessKey', 'private-key', 'passphrase', 'PGPASSWORD', 'credentials', 'com.shop.api-token',
) // prettier-ignore

/** A command line with the secret in it. */
const commandLine = fc
  .tuple(secret, secretName, fc.nat(9))
  .map(([hidden, name, form]): readonly [string, string] => {
    const forms = [
      `env ${name}=${hidden} node index.js`,
      `tool --${name}=${hidden} --verbose`,
      `tool --${name} ${hidden} --verbose`,
      `sh -c ${name}="${hidden}" run`,
      `sh -c export ${name}='${hidden}'; run`,
      `curl -H "Authorization: Bearer ${hidden}" http://localhost/`,
      `psql postgres://shop:${hidden.replace(/[#/?]/g, '')}@db/shop`,
      `mysql -uroot -p${hidden} -e "select 1"`,
      `curl -d {"${name}":"${hidden}","a":"b"} http://localhost/`,
      `sshpass -p ${hidden} ssh host`,
    ]
    return [forms[form]!, form === 6 ? hidden.replace(/[#/?]/g, '') : hidden]
  })

type Planted = readonly [entry: Entry, secret: string]

const shortText = fc.string({ maxLength: 8 })

/** A record whose event, or whose facts, hold a secret at some place. */
const inRecord: fc.Arbitrary<Planted> = fc
  .tuple(
    engineRef,
    dockerEvent,
    containerFacts,
    commandLine,
    secret,
    secretName,
    shortText,
    fc.nat(11),
  )
  .map(([engine, event, facts, [line, inLine], hidden, name, around, place]): Planted => {
    const attributes = { ...event.attributes }
    let container: ContainerFacts = facts
    let { action } = event
    let unknown = ''
    let used = hidden
    const places: readonly (() => void)[] = [
      () => (action = `exec_create: ${line}`),
      () => (action = `exec_start: ${line}`),
      () => (attributes[name] = hidden),
      () => (attributes[name] = `${around}${hidden}${around}`),
      () => (attributes['command'] = line),
      () => (container = { ...facts, labels: { ...facts.labels, [name]: hidden } }),
      () => (container = { ...facts, labels: { ...facts.labels, run: line } }),
      () => (container = { ...facts, command: ['sh', '-c', line] }),
      () => (container = { ...facts, command: ['tool', `--${name}`, `${hidden} ${hidden}`] }),
      () => (container = { ...facts, command: ['tool', `${name}=a ${hidden} ${around}`] }),
      () =>
        (container = {
          ...facts,
          healthCheck: { test: ['CMD-SHELL', line], shell: ['/bin/sh', '-c'] },
        }),
      () =>
        (unknown = `"futureField":{"${name}":${JSON.stringify(hidden)},"big":9007199254740993},`),
    ]
    places[place]!()
    if ([0, 1, 4, 6, 7, 10].includes(place)) used = inLine
    const changed = { ...event, action, attributes }
    const text = eventLine(changed).replace('{', `{${unknown}`)
    return [
      { ...recordOf(engine, { ...changed, line: text }), container, enrichment: 'fresh' },
      used,
    ]
  })

/** A line that could not be read, kept as text in a marker. */
const inMarker: fc.Arbitrary<Planted> = fc
  .tuple(commandLine, fc.bigInt(0n, 1n << 62n), fc.nat(30))
  .map(([[line, hidden], time, cut]): Planted => {
    const bad = JSON.stringify({
      Type: 'container',
      Action: `exec_create: ${line}`,
      Actor: { ID: 'c1' },
    })
    return [
      markerOf({
        time,
        marker: 'line-undecodable',
        data: { bytes: bad.length, text: bad.slice(0, bad.length - cut) },
      }),
      hidden,
    ]
  })

const secretsNeverAppear = (redactor: { entry(entry: Entry): Entry }) =>
  fc.property(
    fc.oneof({ weight: 6, arbitrary: inRecord }, { weight: 1, arbitrary: inMarker }),
    ([before, hidden]) => {
      const after = redactor.entry(before)
      const written = encodeEntry(after)
      assert.ok(!written.includes(hidden), `${hidden} in ${written}`)
      if (after.kind === 'record') {
        const { action, actorId, attributes, line } = after.event
        const fields = JSON.stringify([action, actorId, attributes])
        assert.ok(!(fields + line).includes(hidden), `${hidden} in ${fields}`)
      }
      assert.equal(after.id, before.id, 'the id is not touched')
      assert.equal(after.time, before.time)
      if (after.kind === 'record' && before.kind === 'record') {
        sameEvent(after)
        if (before.event.line.includes('"big":'))
          assert.match(after.event.line, /"big":9007199254740993/)
      }
      assert.equal(encodeEntry(redactor.entry(after)), written, 'idempotent')
    },
  )

/** The line still says what the fields say, to the digit. */
function sameEvent({ event }: Extract<Entry, { kind: 'record' }>): void {
  const read: unknown[] = []
  const decoder = createDecoder({
    onEvent: (again) => read.push(again),
    onBad: (bad) => read.push(bad),
  })
  decoder.write(Buffer.from(`${event.line}\n`))
  assert.deepEqual(read, [event])
}

test('P11: no secret is in the written form, wherever it was planted', () => {
  fc.assert(secretsNeverAppear(createRedactor()), runs(500))
})

test('P11: an entry without secrets is passed on as it is', () => {
  const redactor = createRedactor()
  fc.assert(
    fc.property(entry, (before) => {
      fc.pre(!mayHoldSecrets(encodeEntry(before)))
      const after = redactor.entry(before)
      assert.equal(encodeEntry(after), encodeEntry(before))
    }),
    runs(200),
  )
})

test('P11: the quick looks miss nothing that the rules find', () => {
  const look = createLook()
  const texts = fc.oneof(
    commandLine.map(([line]) => line),
    fc.tuple(secretName, fc.constantFrom('=', ': ', ' '), secret).map((parts) => parts.join('')),
    fc.string(),
  )
  fc.assert(
    fc.property(texts, (text) => {
      if (withoutSecrets(text) === text) return
      assert.ok(mayHoldSecrets(text))
      assert.ok(look(text))
    }),
    runs(500),
  )
})

/** The real one, with one thing left out each. */
const planted: { readonly [bug: string]: (real: Redactor) => (entry: Entry) => Entry } = {
  'the line is forgotten': (real) => (given) => {
    const clean = real.entry(given)
    if (clean.kind !== 'record' || given.kind !== 'record') return clean
    return { ...clean, event: { ...clean.event, line: given.event.line } }
  },
  'the fields are forgotten': (real) => (given) => {
    const clean = real.entry(given)
    if (clean.kind !== 'record' || given.kind !== 'record') return clean
    return { ...clean, event: { ...given.event, line: clean.event.line } }
  },
  'facts are forgotten': (real) => (given) => {
    const clean = real.entry(given)
    if (clean.kind !== 'record' || given.kind !== 'record') return clean
    return { ...clean, container: given.container! }
  },
  'markers are forgotten': (real) => (given) =>
    given.kind === 'marker' ? given : real.entry(given),
  'the id follows the content': (real) => (given) => {
    const clean = real.entry(given)
    if (clean.kind !== 'record') return clean
    return { ...clean, id: recordOf(clean.engine, clean.event).id }
  },
  'numbers lose digits': (real) => (given) => {
    const clean = real.entry(given)
    if (clean.kind !== 'record' || clean === given) return clean
    return {
      ...clean,
      event: { ...clean.event, line: JSON.stringify(JSON.parse(clean.event.line)) },
    }
  },
  'only whole values are looked at': (real) => (given) => {
    if (given.kind !== 'record') return real.entry(given)
    const line = given.event.line
    return line.includes('exec_') ? given : real.entry(given)
  },
}

describe('P11: the property catches', () => {
  for (const [bug, make] of Object.entries(planted)) {
    test(bug, () => {
      const real = createRedactor()
      return assertCaught(secretsNeverAppear({ entry: make(real) }))
    })
  }
})
