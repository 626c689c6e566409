import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProfileName } from '../../../src/config/profile-schema.ts'
import type { Service } from '../../../src/profiles/service.ts'
import { bridgeRun, told, type BridgeRun, type Container } from '../../support/services.ts'

/*
 * What was odd in the old programs and must stay so for those who built on it: 18 cases, each for
 * both. The order of documents meant nothing: they are compared sorted.
 */

const PROFILES = ['auditor-2015', 'registrator-7'] as const
type Expected<T> = { readonly [name in ProfileName]: T }
const both = <T>(value: T): Expected<T> => ({ 'auditor-2015': value, 'registrator-7': value })

const TWO = { '80/tcp': '8080', '443/tcp': '8443' }
const ID = 'c1'

function oddity<T>(
  number: number,
  about: string,
  see: (run: BridgeRun, profile: ProfileName) => T,
  expected: Expected<T>,
  settings: object = {},
): void {
  for (const profile of PROFILES) {
    test(`${number}. ${about}: ${profile}`, () => {
      assert.deepEqual(see(bridgeRun(profile, settings), profile), expected[profile])
    })
  }
}

/** What a start tells of a container. */
const started =
  (container: Container, see: (service: Service) => unknown = ({ Name }) => Name) =>
  ({ start }: BridgeRun): unknown[] =>
    start({ ports: { '80/tcp': '8080' }, ...container }).map(see)

oddity(
  1,
  'nginx exposes 80 and 443, and 80 is published',
  started({ ports: { '80/tcp': '8080', '443/tcp': undefined } }),
  { 'auditor-2015': ['nginx-80'], 'registrator-7': ['nginx'] },
)

oddity(
  2,
  'two published ports and SERVICE_NAME',
  started({ ports: TWO, env: ['SERVICE_NAME=db'] }, ({ Name, ID: id }) => `${Name} ${id}`),
  {
    'auditor-2015': ['db vm:web:80', 'db vm:web:443'],
    'registrator-7': ['db-80 vm:web:80', 'db-443 vm:web:443'],
  },
)

oddity(
  3,
  'SERVICE_80_NAME, then SERVICE_NAME',
  started({ ports: TWO, env: ['SERVICE_80_NAME=http', 'SERVICE_NAME=web'] }),
  { 'auditor-2015': ['web', 'web'], 'registrator-7': ['http', 'web-443'] },
)

oddity(
  4,
  'SERVICE_TAGS, -tags and udp',
  started({ ports: { '53/udp': '53' }, env: ['SERVICE_TAGS=a,b,c'] }, ({ Tags, ID: id }) => [
    Tags,
    id,
  ]),
  {
    'auditor-2015': [[['a', 'b', 'c', 'x', 'y', 'udp'], 'vm:web:53:udp']],
    'registrator-7': [[['c', 'b', 'a', 'y', 'x', 'udp'], 'vm:web:53:udp']],
  },
  { tags: 'x,y' },
)

oddity(
  5,
  'an escaped comma in SERVICE_TAGS',
  started({ env: ['SERVICE_TAGS=foo,bar\\,baz'] }, ({ Tags }) => Tags),
  { 'auditor-2015': [['foo', 'bar\\', 'baz']], 'registrator-7': [['bar,baz', 'foo']] },
)

oddity(6, 'SERVICE_IGNORE=false', started({ env: ['SERVICE_IGNORE=false'] }), both([]))

oddity(
  7,
  'SERVICE_443_IGNORE with two ports',
  started({ ports: TWO, env: ['SERVICE_443_IGNORE=1'] }),
  both(['nginx-80']),
)

oddity(8, 'SERVICE_NAME as a label', started({ labels: { SERVICE_NAME: 'x' } }), {
  'auditor-2015': ['nginx'],
  'registrator-7': ['x'],
})

for (const [image, name] of [
  ['reg:5000/a/b:1.2', 'b'],
  ['repo@sha256:ab12', 'repo@sha256'],
  ['sha256:ab12', 'sha256'],
] as const) {
  oddity(9, `the image ${image}`, started({ image }), both([name]))
}

oddity(10, 'no ports at all', started({ ports: {} }), both([]))

oddity(
  11,
  'docker stop: kill, die, stop',
  ({ bridge, start }) => {
    start({ id: ID, ports: TWO })
    return [
      told(bridge.interrupt(ID, 'kill')),
      told(bridge.die(ID, 143)),
      told(bridge.interrupt(ID, 'stop')),
    ]
  },
  {
    'auditor-2015': [['stop nginx-443', 'stop nginx-80'], [], []],
    'registrator-7': [[], ['stop nginx-443', 'stop nginx-80'], []],
  },
)

oddity(
  12,
  'docker kill -s HUP, and a resync',
  ({ bridge, start, inputs }) => {
    start({ id: ID, ports: { '80/tcp': '8080' } })
    const killed = bridge.interrupt(ID, 'kill')
    const known = bridge.knows(ID)
    const again = { id: ID, inputs: inputs('published', { id: ID, ports: { '80/tcp': '8080' } }) }
    return [told(killed), known, told(bridge.sync([again], []))]
  },
  {
    'auditor-2015': [['stop nginx'], false, ['start nginx']],
    'registrator-7': [[], true, ['start nginx']],
  },
)

oddity(
  13,
  'a new process finds four containers',
  ({ bridge, inputs }) =>
    ['a', 'b', 'c', 'd'].flatMap((name) =>
      told(
        bridge.found(inputs('published', { id: name, image: name, ports: { '80/tcp': '8080' } })),
      ),
    ),
  both(['start a', 'start b', 'start c', 'start d']),
)

oddity(
  14,
  'each resync tells every service again',
  ({ bridge, start }) => {
    start({ id: ID, ports: TWO })
    return [told(bridge.sync([{ id: ID }], [])), told(bridge.sync([{ id: ID }], []))]
  },
  both([
    ['start nginx-443', 'start nginx-80'],
    ['start nginx-443', 'start nginx-80'],
  ]),
)

oddity(
  15,
  'on-success with a ttl: exit 1, then a start',
  ({ bridge, start }) => {
    start({ id: ID })
    const ended = told(bridge.die(ID, 1))
    const revived = start({ id: ID })
    return [ended, revived, bridge.knows(ID)]
  },
  both([[], [], true]),
  { ttl: 30, ttlRefresh: 10, deregister: 'on-success' },
)

oddity(
  16,
  'a life of a few ms: inspect sees it dead (in order here: what was started is stopped)',
  ({ bridge, start }) => {
    const ports = { '80/tcp': '8080', '443/tcp': undefined }
    const names = start({ id: ID, ports }, 'dead').map(
      ({ Name, Port, IP }) => `${Name} ${IP}:${Port}`,
    )
    return [names, told(bridge.die(ID, 0))]
  },
  {
    'auditor-2015': [['nginx 192.0.2.1:8080'], ['stop nginx']],
    'registrator-7': [
      ['nginx-80 192.0.2.1:80', 'nginx-443 192.0.2.1:443'],
      ['stop nginx-443', 'stop nginx-80'],
    ],
  },
)

oddity(
  17,
  '-ip',
  started({}, ({ IP, Origin }) => [IP, Origin.HostIP]),
  both([['10.0.0.1', '10.0.0.1']]),
  { ip: '10.0.0.1' },
)

oddity(
  18,
  'two ports: a set of documents',
  ({ start }) => new Set(start({ ports: TWO }).map(({ Name }) => Name)),
  both(new Set(['nginx-80', 'nginx-443'])),
)
