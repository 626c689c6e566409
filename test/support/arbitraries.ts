import fc from 'fast-check'
import { ALERT_STATES, alertOf } from '../../src/model/alert.ts'
import { FINDINGS, FINDING_STATES } from '../../src/model/finding.ts'
import { findingOf, gapOf, lifeOf, markerOf, recordOf } from '../../src/model/entry-factory.ts'
import type { ContainerFacts } from '../../src/model/container-facts.ts'
import type { DockerEvent } from '../../src/model/docker-event.ts'
import { CAUSES } from '../../src/model/life/life.ts'
import type { EngineRef, Entry, Record } from '../../src/model/entry.ts'
import type { Update } from '../../src/model/update.ts'
import { eventLine } from './event-line.ts'

/** Times around today, and a few at the edges of what 8 bytes hold. */
export const nanos: fc.Arbitrary<bigint> = fc.oneof(
  { weight: 9, arbitrary: fc.bigInt(1_700_000_000_000_000_000n, 1_900_000_000_000_000_000n) },
  { weight: 1, arbitrary: fc.bigInt(0n, (1n << 63n) - 1n) },
)

const text = fc.string({ unit: 'binary', maxLength: 20 })
const plain = fc.stringMatching(/^[a-z][a-z0-9._-]{0,11}$/)

export const engineRef: fc.Arbitrary<EngineRef> = fc.record(
  {
    id: plain,
    name: plain,
    version: fc.constantFrom('20.10.24', '28.5.2'),
    apiVersion: fc.constantFrom('1.41', '1.51'),
  },
  { noNullPrototype: true },
)

const attributes = fc.dictionary(fc.oneof(plain, text), text, { maxKeys: 5, noNullPrototype: true })

export const dockerEvent: fc.Arbitrary<DockerEvent> = fc
  .record(
    {
      type: fc.constantFrom('container', 'container', 'image', 'network', 'volume', 'strange'),
      action: fc.oneof(
        fc.constantFrom('create', 'start', 'die', 'destroy', 'exec_create: sh -c date'),
        text,
      ),
      actorId: fc.oneof(plain, text),
      attributes,
      scope: fc.constantFrom('local', 'swarm'),
      time: nanos,
    },
    { requiredKeys: ['type', 'action', 'actorId', 'attributes', 'time'], noNullPrototype: true },
  )
  .map((event) => ({ ...event, line: eventLine(event) }))

export const containerFacts: fc.Arbitrary<ContainerFacts> = fc.record(
  {
    id: plain,
    name: text,
    image: fc.record({ name: text, id: plain }, { noNullPrototype: true }),
    labels: attributes,
    command: fc.array(text, { maxLength: 3 }),
    created: nanos,
    hostname: plain,
    state: fc.record(
      {
        status: fc.constantFrom('created', 'running', 'exited'),
        startedAt: nanos,
        finishedAt: nanos,
        exitCode: fc.integer({ min: 0, max: 255 }),
        oomKilled: fc.boolean(),
        error: text,
        restartCount: fc.nat(9),
        health: fc.constantFrom('healthy', 'unhealthy'),
      },
      {
        requiredKeys: ['status', 'exitCode', 'oomKilled', 'error', 'restartCount'],
        noNullPrototype: true,
      },
    ),
    ports: fc.constant([{ port: '80/tcp', hostIp: '0.0.0.0', hostPort: '8080' }]),
    networkMode: plain,
    networks: fc.constant([{ name: 'bridge', ipv4: '172.17.0.2' }]),
    mounts: fc.constant([]),
    limits: fc.constant({ memoryBytes: 0, nanoCpus: 0, pids: 0 }),
    restartPolicy: fc.constant({ name: 'no', maximumRetryCount: 0 }),
    healthCheck: fc.constant({ test: ['CMD', 'true'], shell: ['/bin/sh', '-c'] }),
    privileged: fc.boolean(),
    autoRemove: fc.boolean(),
    capAdd: fc.array(fc.constantFrom('NET_ADMIN', 'ALL')),
    hostNamespaces: fc.subarray(['ipc', 'network', 'pid', 'user', 'uts']),
    envNames: fc.array(plain, { maxLength: 3 }),
  },
  {
    noNullPrototype: true,
    requiredKeys: [
      'id', 'name', 'image', 'labels', 'command', 'hostname', 'state', 'ports', 'networkMode',
      'networks', 'mounts', 'limits', 'restartPolicy', 'privileged', 'autoRemove',
      'capAdd', 'hostNamespaces', 'envNames',
    ],
  },
) // prettier-ignore

const update: fc.Arbitrary<Update> = fc.oneof(
  fc.record(
    { changes: fc.constant([{ field: 'memory', before: 0, after: 67_108_864 }]) },
    { noNullPrototype: true },
  ),
  fc.record({ unknown: fc.constantFrom('before', 'after', 'overlap') }, { noNullPrototype: true }),
)

export const record: fc.Arbitrary<Record> = fc
  .tuple(
    engineRef,
    dockerEvent,
    fc.option(containerFacts, { nil: undefined }),
    fc.boolean(),
    fc.option(update, { nil: undefined }),
    fc.option(fc.record({ earliest: nanos, latest: nanos }, { noNullPrototype: true }), {
      nil: undefined,
    }),
  )
  .map(([engine, event, container, shadowed, update, inferred]) => ({
    ...recordOf(engine, event),
    ...(inferred === undefined ? {} : { origin: 'inferred' as const, inferred }),
    ...(container === undefined ? {} : { container, enrichment: 'fresh' as const }),
    ...(update === undefined ? {} : { update }),
    flags: shadowed ? (['label-shadows-attribute'] as const) : [],
  }))

const lifeContent = fc.record(
  {
    container: fc.record(
      { id: plain, name: text, image: text, imageId: plain, createdAt: nanos, removedAt: nanos },
      { requiredKeys: ['id', 'name', 'image'], noNullPrototype: true },
    ),
    lineage: fc.record(
      { key: text, name: text, project: text, service: text },
      { requiredKeys: ['key', 'name'], noNullPrototype: true },
    ),
    time: nanos,
    number: fc.nat(),
    run: fc.nat(),
    startedAt: nanos,
    endedAt: nanos,
    exitCode: fc.nat(255),
    cause: fc.constantFrom(...CAUSES),
    signal: fc.nat(64),
    evidence: fc.array(
      fc.record({ what: fc.constant('kill' as const), id: plain, time: nanos }, { noNullPrototype: true }),
      { maxLength: 2 },
    ),
    notes: fc.constant([]),
    ooms: fc.nat(9),
    pausedNanos: nanos,
    healthFlips: fc.nat(9),
    execs: fc.nat(9),
  },
  {
    requiredKeys: [
      'container', 'lineage', 'time', 'number', 'run', 'cause', 'evidence', 'notes', 'ooms',
      'pausedNanos', 'healthFlips', 'execs',
    ],
    noNullPrototype: true,
  },
) // prettier-ignore

const findingContent = fc.record(
  {
    time: nanos,
    finding: fc.constantFrom(...FINDINGS),
    state: fc.constantFrom(...FINDING_STATES),
    container: fc.record({ id: plain, name: text, image: text }, { noNullPrototype: true }),
    lineage: fc.record(
      { key: text, name: text, project: text, service: text },
      { requiredKeys: ['key', 'name'], noNullPrototype: true },
    ),
    evidence: fc.array(plain, { maxLength: 2 }),
    numbers: fc.dictionary(plain, fc.nat(), { maxKeys: 2, noNullPrototype: true }),
    details: fc.array(text, { maxLength: 2 }),
    since: nanos,
    said: text,
  },
  {
    requiredKeys: [
      'time', 'finding', 'state', 'container', 'lineage', 'evidence', 'numbers', 'details', 'said',
    ],
    noNullPrototype: true,
  },
) // prettier-ignore

const alert: fc.Arbitrary<Entry> = fc
  .record(
    {
      time: nanos,
      engine: engineRef,
      rule: text,
      state: fc.constantFrom(...ALERT_STATES),
      group: text,
      opening: plain,
      since: nanos,
      matches: fc.nat(),
      evidence: fc.array(plain, { maxLength: 2 }),
      container: fc.record({ id: plain, name: text, image: text }, { noNullPrototype: true }),
      lineage: fc.record(
        { key: text, name: text, project: text, service: text },
        { requiredKeys: ['key', 'name'], noNullPrototype: true },
      ),
      said: text,
    },
    {
      requiredKeys: [
        'time', 'rule', 'state', 'group', 'opening', 'since', 'matches', 'evidence', 'said',
      ],
      noNullPrototype: true,
    },
  )
  .map((content) => alertOf(content, content.group, content.opening)) // prettier-ignore

export const entry: fc.Arbitrary<Entry> = fc.oneof(
  { weight: 1, arbitrary: alert },
  { weight: 5, arbitrary: record },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        nanos,
        nanos,
        fc.option(engineRef, { nil: undefined }),
        fc.option(fc.nat(), { nil: undefined }),
      )
      .map(([from, to, engine, count]) =>
        gapOf({
          from,
          to,
          cause: 'reconnect',
          certainty: count === undefined ? 'possible' : 'certain',
          ...(engine === undefined ? {} : { engine }),
          ...(count === undefined ? {} : { count }),
        }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        nanos,
        fc.dictionary(plain, fc.oneof(text, fc.nat()), { maxKeys: 3, noNullPrototype: true }),
      )
      .map(([time, data]) => markerOf({ time, marker: 'engine-connected', data })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(engineRef, lifeContent).map(([engine, life]) => lifeOf(engine, life)),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(engineRef, findingContent)
      .map(([engine, found]) => findingOf(engine, found)),
  },
)
