import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { inspect as show } from 'node:util'
import * as fc from 'fast-check'
import { containerFacts } from '../../../src/docker/facts.ts'
import { runs } from '../../support/property.ts'

interface Answer {
  readonly action: string
  readonly id: string
  readonly inspect: { readonly [name: string]: unknown }
}

const answers = readFileSync(
  new URL('../../fixtures/traces/lifecycle/inspect.ndjson', import.meta.url),
  'utf8',
)
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Answer)

test('every recorded inspect answer becomes facts about its container', () => {
  assert.equal(answers.length, 51)
  for (const { id, inspect } of answers) {
    const facts = containerFacts(inspect)!
    assert.equal(facts.id, id)
    assert.doesNotMatch(facts.name, /^\/|^$/)
    assert.match(facts.image.id, /^sha256:[0-9a-f]{64}$/)
    assert.notEqual(facts.image.name, '')
    assert.ok((facts.created ?? 0n) > 1_795_000_000_000_000_000n)
    assert.ok(facts.command.length > 0)
    assert.notEqual(facts.state.status, '')
  }
})

test('no value of an environment variable is taken', () => {
  for (const { inspect } of answers) {
    const env = (inspect['Config'] as { Env: string[] | null }).Env ?? []
    const written = show(containerFacts(inspect), { depth: null })
    assert.ok(written.includes('envNames'))
    for (const entry of env) assert.ok(!written.includes(entry))
  }
  const web = containerFacts(answers[0]!.inspect)!
  assert.deepEqual(web.envNames, [
    'DB_PASSWORD',
    'SERVICE_443_NAME',
    'SERVICE_NAME',
    'SERVICE_TAGS',
  ])
})

test('a created container has what was configured', () => {
  const facts = containerFacts(answers[0]!.inspect)!
  assert.equal(facts.name, 'web-a')
  assert.deepEqual(facts.image.name, 'shop/api:1.4.2')
  assert.deepEqual(facts.command, ['sh', '-c', 'while :; do sleep 1; done'])
  assert.deepEqual(facts.ports, [
    { port: '443/tcp', hostPort: '18443' },
    { port: '53/udp', hostPort: '15353' },
    { port: '80/tcp', hostPort: '18080' },
  ])
  assert.deepEqual(facts.mounts, [
    { type: 'volume', source: 'vol-a', destination: '/data', readOnly: false },
  ])
  assert.deepEqual(facts.healthCheck, {
    test: ['CMD-SHELL', 'test ! -e /tmp/sick'],
    shell: ['/bin/sh', '-c'],
  })
  assert.equal(facts.state.startedAt, undefined)
  assert.equal(facts.networkMode, 'net-a')
  assert.equal(facts.labels['com.docker.compose.service'], 'api')
})

test('a running one has its addresses, a killed one how it ended', () => {
  const started = answers.find(({ action }) => action === 'start')!
  const facts = containerFacts(started.inspect)!
  assert.equal(facts.state.health, 'starting')
  assert.ok(facts.state.startedAt! > facts.created!)
  assert.match(facts.networks[0]!.ipv4!, /^\d+\.\d+\.\d+\.\d+$/)
  assert.ok(facts.ports.some(({ hostIp }) => hostIp === '0.0.0.0'))
  const ooms = answers
    .map(({ inspect }) => containerFacts(inspect)!.state)
    .filter((s) => s.oomKilled)
  assert.ok(ooms.some(({ exitCode }) => exitCode === 137))
  const failed = containerFacts({ Id: 'a', State: { ExitCode: 127, Error: 'no such file' } })!.state
  assert.deepEqual([failed.exitCode, failed.error], [127, 'no such file'])
})

test('limits: a CPU quota counts as CPUs, no limit is 0', () => {
  const limits = (HostConfig: object): unknown => containerFacts({ Id: 'a', HostConfig })?.limits
  assert.deepEqual(limits({}), { memoryBytes: 0, nanoCpus: 0, pids: 0 })
  assert.deepEqual(limits({ Memory: 5, CpuQuota: 50_000, CpuPeriod: 100_000, PidsLimit: -1 }), {
    memoryBytes: 5,
    nanoCpus: 500_000_000,
    pids: 0,
  })
  assert.deepEqual(limits({ NanoCpus: 7, CpuQuota: 1, PidsLimit: 9 }), {
    memoryBytes: 0,
    nanoCpus: 7,
    pids: 9,
  })
})

test('limits: swap, reservation, shares and CPUs to run on, where they are set', () => {
  const limits = (HostConfig: object): object => containerFacts({ Id: 'a', HostConfig })!.limits
  const host = { MemorySwap: -1, MemoryReservation: 3, CpuShares: 512, CpusetCpus: '0-1' }
  assert.deepEqual(limits(host), {
    memoryBytes: 0,
    nanoCpus: 0,
    pids: 0,
    memorySwapBytes: -1,
    memoryReservationBytes: 3,
    cpuShares: 512,
    cpuset: '0-1',
  })
  assert.equal('memorySwapBytes' in limits({ MemorySwap: 0, CpuShares: 0, CpusetCpus: '' }), false)
})

test('Podman: a bare image digest gets its algorithm', () => {
  const digest = 'ab'.repeat(32)
  const facts = containerFacts({ Id: 'a', Image: digest, ImageName: 'localhost/x:1' })
  assert.deepEqual(facts?.image, { name: 'localhost/x:1', id: `sha256:${digest}` })
})

test('an answer of any shape gives facts or nothing, never an error', () => {
  const names = [...new Set(answers.flatMap(({ inspect }) => keysOf(inspect)))]
  const { value } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<unknown>(null, true, 0, -1, '', 'x', '0001-01-01T00:00:00Z', 'A=b'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 8 }),
    ),
  }))
  fc.assert(
    fc.property(value, (some) => {
      containerFacts(some)
      const facts = containerFacts({ ...(some as object), Id: 'a' })
      assert.equal(facts?.id, 'a')
    }),
    runs(300),
  )
})

function keysOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => [key, ...keysOf(inner)])
}
