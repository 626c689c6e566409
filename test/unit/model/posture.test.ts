import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { ContainerFacts } from '../../../src/model/container-facts.ts'
import { postureOf } from '../../../src/model/posture.ts'
import { factsOf } from '../../support/records.ts'

const limited = { limits: { memoryBytes: 1, nanoCpus: 0, pids: 0 } }

const told = (changes: Partial<ContainerFacts>): string[] =>
  postureOf(factsOf('c', { ...limited, ...changes })).map(({ what, detail, severity, cis }) =>
    `${severity} ${cis ?? '-'} ${what} ${detail}`.trimEnd(),
  )

suite('findings', () => {
  test('nothing stands out', () => assert.deepEqual(told({}), []))

  const mount = (source: string): Partial<ContainerFacts> => ({
    mounts: [{ type: 'bind', source, destination: '/x', readOnly: true }],
  })
  const image = (name: string): Partial<ContainerFacts> => ({ image: { name, id: '' } })
  for (const [changes, expected] of [
    [{ privileged: true }, ['high 5.4 privileged all capabilities and devices']],
    [mount('/run/docker.sock'), ['high 5.31 engine socket mounted /run/docker.sock']],
    [mount('/srv/not-docker.sock.d'), []],
    [
      { hostNamespaces: ['network', 'pid'] },
      ['medium 5.9 host namespace shared network', 'high 5.15 host namespace shared pid'],
    ],
    [{ capAdd: ['SYS_ADMIN'] }, ['medium 5.3 capability added SYS_ADMIN']],
    [{ limits: { memoryBytes: 0, nanoCpus: 0, pids: 0 } }, ['low 5.10 no memory limit']],
    [image('web'), ['low - image not pinned web']],
    [image('host:5000/web'), ['low - image not pinned host:5000/web']],
    [image('web:latest'), ['low - image not pinned web:latest']],
    [image('web@sha256:0'), []],
    [image('host:5000/web:1.2'), []],
    [image('a'.repeat(64)), []],
  ] as const) {
    test(JSON.stringify(changes), () => assert.deepEqual(told(changes), expected))
  }
})
