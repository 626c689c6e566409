import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { eventId, timeOfId } from '../../src/model/entry-id.ts'
import type { EventIdentity } from '../../src/model/entry-id.ts'
import { dockerEvent, nanos } from '../support/arbitraries.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

type IdOf = typeof eventId

/** P5, as a property of any way to make ids. */
const oneIdentity = (idOf: IdOf) =>
  fc.property(dockerEvent, nanos, fc.nat(), (event, otherTime, salt) => {
    const id = idOf('engine', event)
    assert.match(id, /^[0-9a-f]{32}$/)
    assert.equal(timeOfId(id), event.time, 'the id tells its time')

    const reordered = Object.fromEntries(Object.entries(event.attributes).toReversed())
    assert.equal(idOf('engine', { ...event, attributes: reordered }), id, 'order of attributes')

    const later = idOf('engine', { ...event, time: otherTime })
    if (otherTime > event.time) assert.ok(later > id, 'ids sort as times do')

    for (const other of different(event, salt)) assert.notEqual(idOf('engine', other), id)
    assert.notEqual(idOf('engine-2', event), id, 'another engine')
  })

/** Events that differ from this one in one thing only, boundaries between fields included. */
function different(event: EventIdentity, salt: number): EventIdentity[] {
  return [
    { ...event, action: `${event.action}x` },
    { ...event, actorId: `${event.actorId}x` },
    { ...event, type: `${event.type}x` },
    { ...event, time: event.time + 1n },
    { ...event, attributes: { ...event.attributes, [`new-${salt}`]: '' } },
    { ...event, action: `${event.action}${event.actorId}`, actorId: '' },
  ].filter((other) => JSON.stringify(texted(other)) !== JSON.stringify(texted(event)))
}

const texted = (event: EventIdentity): unknown => ({ ...event, line: '', time: String(event.time) })

test('P5: one event has one id, ids sort as times do, and no two events share one', () => {
  fc.assert(oneIdentity(eventId), runs(200))
})

const planted: { readonly [bug: string]: IdOf } = {
  'attributes are hashed in the order they came': (engine, event) =>
    eventId(engine, { ...event, attributes: {}, actorId: JSON.stringify(event.attributes) }),
  'time passes through a number': (engine, event) =>
    eventId(engine, { ...event, time: BigInt(Number(event.time)) }),
  'the engine is left out': (_engine, event) => eventId('', event),
  'fields run together': (engine, event) =>
    eventId(engine, { ...event, action: event.action + event.actorId, actorId: '' }),
  'attributes are left out': (engine, event) => eventId(engine, { ...event, attributes: {} }),
  'time is not in front': (engine, event) => eventId(engine, event).split('').toReversed().join(''),
}

for (const [bug, idOf] of Object.entries(planted)) {
  test(`P5 catches the planted bug: ${bug}`, () => assertCaught(oneIdentity(idOf)))
}
