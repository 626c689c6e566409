import { gapOf, recordOf } from '../../src/model/entry-factory.ts'
import type { EngineRef, Gap, Record } from '../../src/model/entry.ts'
import { eventLine } from './event-line.ts'

export const engine: EngineRef = {
  id: 'engine-a',
  name: 'host-a',
  version: '28.5.2',
  apiVersion: '1.51',
}

/** 2026-11-22T00:00:00Z */
export const START_NANOS = BigInt(Date.UTC(2026, 10, 22)) * 1_000_000n

/** A record that differs from all of another number: a container that starts, a second later each. */
export function plainRecord(
  number: number,
  attributes: { readonly [name: string]: string } = {},
  action = 'start',
): Record {
  const event = {
    type: 'container',
    action,
    actorId: number.toString(16).padStart(64, '0'),
    attributes: { image: 'shop/api:1.4.2', name: `web-${number}`, ...attributes },
    scope: 'local',
    time: START_NANOS + BigInt(number) * 1_000_000_000n,
  }
  return recordOf(engine, { ...event, line: eventLine(event) })
}

export const gapFor = (sink: string | undefined, number: number): Gap =>
  gapOf({
    from: START_NANOS,
    to: START_NANOS + BigInt(number),
    cause: sink === undefined ? 'reconnect' : 'sink-quota',
    certainty: 'possible',
    ...(sink === undefined ? {} : { sink }),
  })
