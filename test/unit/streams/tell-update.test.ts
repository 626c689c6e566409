import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ContainerFacts } from '../../../src/model/container-facts.ts'
import type { Gap } from '../../../src/model/entry.ts'
import { updateText } from '../../../src/model/update.ts'
import type { Flowing } from '../../../src/streams/flow.ts'
import { enrichStage } from '../../support/enrich-stage.ts'
import { factsOf, record } from '../../support/records.ts'

const MIB = 1024 * 1024

const limited = (memoryMiB: number, restart = 'no', maximumRetryCount = 0): ContainerFacts =>
  factsOf('c1', {
    limits: { memoryBytes: memoryMiB * MIB, nanoCpus: 0, pids: 0 },
    restartPolicy: { name: restart, maximumRetryCount },
  })

/** What is said of each update that came out, for people. */
const said = (out: readonly Flowing[]): (string | undefined)[] =>
  out.flatMap((entry) =>
    entry.kind === 'record' && entry.event.action === 'update'
      ? [entry.update && updateText(entry.update, entry.container)]
      : [],
  )

test('an update says what it changed, and the next one what that changed', async () => {
  const { give, questions, out } = enrichStage()
  give(record('start'))
  await questions[0]!.answer(limited(64))
  give(record('update'))
  await questions[1]!.answer(limited(128, 'on-failure', 3))
  give(record('kill'))
  give(record('update'))
  await questions[2]!.answer({
    ...limited(128, 'on-failure', 3),
    limits: { memoryBytes: 128 * MIB, nanoCpus: 1_500_000_000, pids: 10, cpuset: '0-1', memorySwapBytes: -1 }, // prettier-ignore
  })
  give(record('update'))
  await questions[3]!.answer(limited(0))
  assert.deepEqual(said(out), [
    'memory 64 MiB -> 128 MiB, restart no -> on-failure:3',
    'memory-swap none -> unlimited, cpus none -> 1.5, cpuset-cpus none -> 0-1, pids-limit none -> 10',
    'memory 128 MiB -> none, memory-swap unlimited -> none, cpus 1.5 -> none, cpuset-cpus 0-1 -> none, pids-limit 10 -> none, restart on-failure:3 -> no',
  ])
  const [, first] = out
  assert.deepEqual(first?.kind === 'record' && first.update, {
    changes: [
      { field: 'memory', before: 64 * MIB, after: 128 * MIB },
      { field: 'restart', before: 'no', after: 'on-failure:3' },
    ],
  })
})

test('where nothing changed that is recorded it says so; what an update can not change is no part of it', async () => {
  const { give, questions, out } = enrichStage()
  give(record('start'))
  await questions[0]!.answer(limited(64))
  give(record('update', { at: 1_000 }))
  await questions[1]!.answer({ ...limited(64), envNames: ['A'], networkMode: 'host' })
  assert.deepEqual(said(out), ['nothing that is recorded was changed'])
})

test('before is not known where it was not seen', async () => {
  const { give, questions, out } = enrichStage()
  give(record('update'))
  await questions[0]!.answer(limited(128))
  give(record('update'))
  await questions[1]!.answer(limited(64))
  assert.deepEqual(said(out), [
    'what was changed is not known (how it was before was not seen); now memory 128 MiB, restart no',
    'memory 128 MiB -> 64 MiB',
  ])
})

test('an update without an answer is not known, nor is the one behind it', async () => {
  const { give, questions, out } = enrichStage()
  give(record('start'))
  await questions[0]!.answer(limited(64))
  give(record('update'))
  await questions[1]!.answer(undefined)
  give(record('rename', { attributes: { name: 'other' } }))
  await questions[2]!.answer(undefined)
  give(record('update'))
  await questions[3]!.answer(limited(256))
  assert.deepEqual(said(out), [
    'what was changed is not known (how it was behind it was not seen)',
    'what was changed is not known (how it was before was not seen); now memory 256 MiB, restart no',
  ])
})

test('behind a gap before is not known, until it was asked again', async () => {
  const { give, questions, out } = enrichStage()
  give(record('start'))
  await questions[0]!.answer(limited(64))
  give({ kind: 'gap', cause: 'reconnect' } as Gap)
  give(record('kill'))
  give(record('update'))
  await questions[1]!.answer(limited(128))
  give({ kind: 'gap', cause: 'reconnect' } as Gap)
  give(record('start'))
  await questions[2]!.answer(limited(128))
  give(record('update'))
  await questions[3]!.answer(limited(64))
  assert.match(said(out)[0]!, /before was not seen/)
  assert.equal(said(out)[1], 'memory 128 MiB -> 64 MiB')
})

test('two updates at once: which of them changed what is not known; the third is told', async () => {
  const { give, questions, out } = enrichStage()
  give(record('start'))
  await questions[0]!.answer(limited(64))
  give(record('update'))
  give(record('update'))
  for (const question of questions.slice(1)) await question.answer(limited(256))
  give(record('update'))
  await questions[3]!.answer(limited(512))
  const overlap = 'what was changed is not known (too much happened at once); now memory 256 MiB, restart no' // prettier-ignore
  assert.deepEqual(said(out), [overlap, overlap, 'memory 256 MiB -> 512 MiB'])
})

test('a start whose answer is on its way when the update comes may show either side', async () => {
  const { give, questions, out } = enrichStage()
  give(record('start'))
  give(record('update'))
  await questions[0]!.answer(limited(128))
  await questions[1]!.answer(limited(128))
  assert.deepEqual(said(out), [
    'what was changed is not known (too much happened at once); now memory 128 MiB, restart no',
  ])
})

test('what an answer asked for just before may have shown already is not called nothing', async () => {
  const { give, questions, out } = enrichStage()
  give(record('start'))
  await questions[0]!.answer(limited(64))
  give(record('update', { at: 2_000 }))
  await questions[1]!.answer(limited(256))
  give(record('update', { at: 2_012 }))
  await questions[2]!.answer(limited(256))
  assert.deepEqual(said(out), [
    'memory 64 MiB -> 256 MiB',
    'what was changed is not known (too much happened at once); now memory 256 MiB, restart no',
  ])
})

test('a snapshot tells how it was', async () => {
  const { give, questions, out } = enrichStage()
  const snapshot = { ...record('snapshot'), origin: 'snapshot', enrichment: 'fresh' } as const
  give({ ...snapshot, container: limited(64) })
  give(record('update'))
  await questions[0]!.answer(limited(128))
  assert.deepEqual(said(out), ['memory 64 MiB -> 128 MiB'])
})
