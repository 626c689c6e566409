import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { from, lastValueFrom, toArray } from 'rxjs'
import { annotate, type AnnotateOptions } from '../../../src/streams/annotate.ts'
import type { Flowing } from '../../../src/streams/flow.ts'
import { tell, type Telling } from '../../support/lives/tell.ts'

async function annotated(
  story: string,
  telling: Telling = {},
  options: AnnotateOptions = {},
): Promise<Flowing[]> {
  return lastValueFrom(from<Flowing[]>(tell(story, telling)).pipe(annotate(options), toArray()))
}

const causesOf = (values: readonly Flowing[]): string[] =>
  values.flatMap((value) =>
    value.kind === 'record' && value.cause !== undefined ? [value.cause.cause] : [],
  )

suite('annotate', () => {
  test('a die has its cause as far as it is known then, the others are as they were', async () => {
    const values = await annotated('create start +5000 kill(15) +80 die(143) stop')
    assert.deepEqual(causesOf(values), ['killed']) // 20.10 tells of the stop behind it
    assert.deepEqual(
      values.filter((value) => value.kind === 'record' && value.cause === undefined),
      tell('create start +5000 kill(15) +80 die(143) stop').filter(
        (entry) => entry.kind === 'record' && entry.event.action !== 'die',
      ),
    )
    const die = values.find((value) => value.kind === 'record' && value.cause !== undefined)
    const ids = values.flatMap((value) => (value.kind === 'record' ? [value.id] : []))
    assert.ok(die?.kind === 'record')
    assert.deepEqual(die.cause!.evidence, [ids[2], ids[3]])
  })

  test('several runs of one container, one after the other', async () => {
    const story =
      'create start +5000 die(1) start +5000 oom die(137) start +5000 kill(15) stop die(0)'
    assert.deepEqual(causesOf(await annotated(story)), ['crashed', 'oom', 'stopped'])
  })

  test('a filter that chooses among the events of a container leaves nothing to conclude', async () => {
    const values = await annotated('create start +5000 die(0)', {}, { hidesEvidence: true })
    assert.deepEqual(causesOf(values), ['unknown'])
    const flags = values.flatMap((value) => (value.kind === 'record' ? value.flags : []))
    assert.deepEqual(flags, ['evidence-filtered'])
  })

  test('and says so of the beginnings of execs, whose ends it may keep out', async () => {
    const values = await annotated(
      'create start exec_create(a) exec_start(a) exec_die(a)',
      {},
      { hidesEnd: ({ event }) => event.attributes['execID'] === 'a' },
    )
    assert.deepEqual(
      values.map((value) => (value.kind === 'record' ? value.flags.length : -1)),
      [0, 0, 1, 1, 0],
    )
  })
})
