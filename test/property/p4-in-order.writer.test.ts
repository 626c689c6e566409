import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { createSupervisor } from '../../src/actors/supervisor.ts'
import { createWriter } from '../../src/agent/writer.ts'
import {
  createCore,
  createLocalCaller,
  type Caller,
  type Core,
  type Method,
} from '../../src/journal/caller.ts'
import { openForWriting } from '../../src/journal/database.ts'
import { createJournal } from '../../src/journal/facade.ts'
import { createGroupCommit } from '../../src/journal/group-commit.ts'
import type { Journal } from '../../src/journal/journal.ts'
import { revivedError, type Call, type Reply } from '../../src/journal/protocol.ts'
import { migrate } from '../../src/journal/schema.ts'
import { silentLog } from '../../src/model/log.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'
import { numbered } from '../support/journal/numbered.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

type Append = Journal['append']

/** The parts a bug can be planted in: the writer's way to the journal, and the calls that cross. */
interface Plant {
  readonly append?: (append: Append) => Append
  readonly call?: (call: Call) => Call
}

/**
 * A journal on a real database, whose thread gets to what waits whenever it is told to, and whose
 * disk takes no entry while `isFull` says so (asked once an entry, so also amid a group).
 */
function createStage(isFull: () => boolean, plant: Plant) {
  const db = openForWriting(':memory:')
  migrate(db, 'the journal in memory')
  db.function('is_full', () => (isFull() ? 1 : 0))
  db.exec(`CREATE TEMP TRIGGER full BEFORE INSERT ON entries WHEN is_full()
           BEGIN SELECT raise(ABORT, 'database or disk is full'); END`)
  const core = createCore(db, 'memory', 'both')
  const asked = new Map<number, PromiseWithResolvers<unknown>>()
  let waiting: Call[] = []
  let numbers = 0
  const answerAll = createGroupCommit(core, (reply: Reply) => {
    if ('ready' in reply) return
    const { resolve, reject } = asked.get(reply.number)!
    asked.delete(reply.number)
    if ('error' in reply) reject(revivedError(reply.error))
    else resolve(reply.result)
  })
  const writer: Caller = {
    call<N extends Method>(method: N, ...args: Parameters<Core[N]>) {
      const call: Call = { number: (numbers += 1), method, args }
      const answer = Promise.withResolvers<unknown>()
      asked.set(call.number, answer)
      waiting.push(plant.call?.(call) ?? call)
      return answer.promise as Promise<ReturnType<Core[N]>>
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  const reader = createLocalCaller(core, () => db.close())
  const clock = createManualClock()
  return {
    clock,
    journal: createJournal({ writer, reader, clock, log: silentLog }),
    /** The thread gets to the first `count` of what waits. */
    turn(count: number) {
      const calls = waiting.slice(0, count)
      waiting = waiting.slice(count)
      answerAll(calls)
    },
    written(): number[] {
      const rows = db.prepare('SELECT body FROM entries ORDER BY seq').all()
      return rows
        .map(({ body }) => (JSON.parse(String(body)) as Numbered).data.number)
        .filter((number) => number !== undefined) // the journal's own anchors
    },
    close: () => db.close(),
  }
}

interface Numbered {
  readonly data: { readonly number?: number }
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('write' as const), n: fc.integer({ min: 1, max: 4 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('turn' as const), n: fc.integer({ min: 1, max: 6 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pass' as const), n: fc.integer({ min: 0, max: 400 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), n: fc.constant(0) }) },
)

/**
 * P4 into the journal: wherever the disk fails, however many groups cross at once, and when the
 * writer is made to begin again, entries lie in the journal in the order they were written, each
 * once; a group is said to be durable only when it is.
 */
const writtenInOrder = (plant: Plant) =>
  fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: 30 }),
    fc.array(fc.boolean(), { maxLength: 60 }),
    async (steps, fullAt) => {
      let asked = 0
      const stage = createStage(() => fullAt[asked++] ?? false, plant)
      const { clock, journal } = stage
      const append: Append = (...args) => journal.append(...args)
      const writer = createWriter({
        journal: { append: plant.append?.(append) ?? append },
        log: silentLog,
      })
      const supervise = () =>
        createSupervisor({ clock, onEscalation: (_name, error) => assert.fail(error) })
      let supervisor = supervise()
      supervisor.start(writer)
      const never = new AbortController().signal
      let next = 0
      let durable = 0
      let early: string | undefined

      const write = async (count: number): Promise<void> => {
        const entries = Array.from({ length: count }, () => numbered(next++))
        await writer.write({ entries }, never)
        durable += count
        const last = stage.written().length
        if (durable > last) early ??= `${durable} said to be durable of ${last}`
      }

      for (const { do: what, n } of steps) {
        if (what === 'write') {
          void write(n)
        } else if (what === 'turn') stage.turn(n)
        else if (what === 'pass') await clock.advance(n)
        else {
          // It ends when what is under way is answered.
          const stopped = supervisor.stop()
          await untilDone(stopped, stage, clock)
          supervisor = supervise()
          supervisor.start(writer)
        }
        await clock.settle()
      }
      for (let round = 0; round < 200 && durable < next; round++) {
        stage.turn(Infinity)
        await clock.advance(5_000)
      }
      await untilDone(supervisor.stop(), stage, clock)
      const written = stage.written()
      stage.close()
      assert.deepEqual(
        written,
        Array.from({ length: next }, (_, number) => number),
      )
      assert.equal(durable, next)
      assert.equal(early, undefined)
      assert.equal(writer.status().appended, next)
      assert.equal(writer.status().failing, undefined)
    },
  )

async function untilDone(
  work: Promise<void>,
  stage: { turn(count: number): void },
  clock: ManualClock,
): Promise<void> {
  let done = false
  void work.then(() => (done = true))
  while (!done) {
    stage.turn(Infinity)
    await clock.settle()
  }
}

const planted: { readonly [bug: string]: Plant } = {
  'no barrier: an append behind a failed one is written': {
    append: (append) => (group, resume) => append(group, resume),
  },
  'the barrier does not reach the thread': {
    call: (call) => (call.method === 'append' ? { ...call, args: call.args.slice(0, 2) } : call),
  },
  'the retry is no run of its own': {
    append: (append) => (group, resume) => append(group, resume, 1),
  },
  'every append is a run of its own': {
    append: (append) => {
      let runs = 0
      return (group, resume) => append(group, resume, (runs += 1))
    },
  },
  'every other append is handed over late': {
    append: (append) => {
      let last: Promise<unknown> = Promise.resolve()
      let odd = false
      return (...args) => {
        odd = !odd
        const before = last
        const work = odd ? Promise.resolve().then(() => append(...args)) : append(...args)
        last = work.catch(() => before)
        return work
      }
    },
  },
  'a refused append is taken for a written one': {
    append: (append) => (group, resume, run) =>
      append(group, resume, run).catch(() => ({ entries: [], repeated: group.length })),
  },
  'a group is said to be durable when it is handed over': {
    append: (append) => (group, resume, run) => {
      append(group, resume, run).catch(() => undefined)
      return Promise.resolve({
        entries: group.map((entry, at) => ({ ...entry, seq: at + 1 })),
        repeated: 0,
      })
    },
  },
}

describe('P4 in order, into the journal', () => {
  test('entries lie in the journal in the order of writing, each once, wherever the disk fails', async () => {
    await fc.assert(writtenInOrder({}), runs(200))
  })

  for (const [bug, plant] of Object.entries(planted)) {
    test(`finds the planted bug: ${bug}`, async () => {
      await assertCaught(writtenInOrder(plant))
    })
  }
})
