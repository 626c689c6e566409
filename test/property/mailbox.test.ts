import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { createMailbox, type Mailbox } from '../../src/actors/mailbox.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

interface Step {
  readonly do: 'put' | 'take' | 'tell' | 'poll' | 'close'
  /** How many turns until a waiting caller aborts; 0 waits for ever. */
  readonly patience: number
}

type Make = (capacity: number) => Mailbox<number>

const step: fc.Arbitrary<Step> = fc.record({
  do: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('put', 'take') },
    { weight: 3, arbitrary: fc.constant('tell') },
    { weight: 2, arbitrary: fc.constant('poll') },
    { weight: 1, arbitrary: fc.constant('close') },
  ),
  patience: fc.nat({ max: 3 }),
})

/** Everybody acts at once, in an order the scheduler generates. */
const mailboxKeepsItsWord = (make: Make) =>
  fc.asyncProperty(
    fc.integer({ min: 1, max: 3 }),
    fc.array(fc.array(step, { maxLength: 6 }), { minLength: 1, maxLength: 5 }),
    fc.scheduler(),
    async (capacity, scripts, scheduler) => {
      const mailbox = make(capacity)
      /** In order of calling, with what became of it. */
      const sent: { readonly message: number; accepted?: boolean }[] = []
      const received: number[] = []
      const waiting = { put: 0, take: 0 }
      const aborted = new Error('aborted')
      let closed = false

      const settled = async (patience: number, what: 'put' | 'take'): Promise<void> => {
        const controller = new AbortController()
        waiting[what]++
        const call = what === 'put' ? send(controller.signal) : receive(controller.signal)
        const done = call.finally(() => waiting[what]--)
        for (let turn = 1; turn <= patience; turn++) await scheduler.schedule(Promise.resolve())
        if (patience > 0) controller.abort(aborted)
        await done
      }
      const send = async (signal: AbortSignal): Promise<void> => {
        const entry: (typeof sent)[number] = { message: sent.length }
        sent.push(entry)
        try {
          await mailbox.put(entry.message, signal)
          entry.accepted = true
        } catch (error) {
          entry.accepted = false
          if (error !== aborted) assert.match(String(error), /closed/)
        }
      }
      const receive = async (signal: AbortSignal): Promise<void> => {
        try {
          const message = await mailbox.take(signal)
          if (message === undefined) assert.ok(closed, 'take gave nothing before the close')
          else received.push(message)
        } catch (error) {
          assert.equal(error, aborted)
        }
      }
      const act = async (script: readonly Step[]): Promise<void> => {
        for (const action of script) {
          await scheduler.schedule(Promise.resolve())
          if (action.do === 'tell') {
            const message = sent.length
            sent.push({ message, accepted: mailbox.tell(message) })
          } else if (action.do === 'poll') {
            const message = mailbox.poll()
            if (message !== undefined) received.push(message)
          } else if (action.do === 'close') {
            closed = true
            mailbox.close()
          } else {
            void settled(action.patience, action.do)
          }
          assert.ok(mailbox.size <= capacity, 'holds more than its capacity')
        }
      }

      const all = Promise.all(scripts.map(act))
      await scheduler.waitIdle()
      await all
      await settle()

      if (mailbox.size > 0) assert.equal(waiting.take, 0, 'a reader waits beside a message')
      if (mailbox.size < capacity) assert.equal(waiting.put, 0, 'a sender waits beside room')
      closed = true
      mailbox.close()
      await settle()
      assert.deepEqual(waiting, { put: 0, take: 0 }, 'somebody waits on a closed mailbox')
      for (let message = mailbox.poll(); message !== undefined; message = mailbox.poll()) {
        received.push(message)
      }
      const accepted = sent.filter((entry) => entry.accepted === true)
      assert.deepEqual(
        received,
        accepted.map((entry) => entry.message),
        'what came out is what went in, in order',
      )
    },
  )

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

test('a mailbox keeps order and capacity, loses nothing and lets nobody wait in vain', async () => {
  await fc.assert(mailboxKeepsItsWord(createMailbox), runs(300))
})

/** Mailboxes that wrap the real one and break one thing each. */
const planted: { readonly [bug: string]: Make } = {
  'a full mailbox takes one more': (capacity) => createMailbox(capacity + 1),
  'a full mailbox drops silently': (capacity) => {
    const real = createMailbox<number>(capacity)
    return wrap(real, { tell: (message) => real.tell(message) || true })
  },
  'an aborted take loses the message it was handed': (capacity) => {
    const real = createMailbox<number>(capacity)
    return wrap(real, {
      async take(signal) {
        const message = await real.take()
        signal?.throwIfAborted()
        return message
      },
    })
  },
  'waiting senders are a stack': (capacity) => {
    const real = createMailbox<number>(capacity)
    const stack: { readonly message: number; readonly left: () => void }[] = []
    const poll = (): number | undefined => {
      const message = real.poll()
      const sender = stack.pop()
      if (sender !== undefined) {
        real.tell(sender.message)
        sender.left()
      }
      return message
    }
    return wrap(real, {
      poll,
      async put(message) {
        if (!real.tell(message)) await new Promise<void>((left) => stack.push({ message, left }))
      },
      take: (signal) => (real.size > 0 ? Promise.resolve(poll()) : real.take(signal)),
    })
  },
  'the newest comes first': (capacity) => {
    const real = createMailbox<number>(capacity)
    return wrap(real, {
      poll() {
        const older = real.poll()
        const newer = real.poll()
        if (newer === undefined) return older
        if (older !== undefined) real.tell(older)
        return newer
      },
    })
  },
  'woken waiters look for themselves': createWakingMailbox,
}

function wrap(real: Mailbox<number>, changed: Partial<Mailbox<number>>): Mailbox<number> {
  return {
    capacity: real.capacity,
    get size() {
      return real.size
    },
    tell: (message) => real.tell(message),
    put: (message, signal) => real.put(message, signal),
    take: (signal) => real.take(signal),
    poll: () => real.poll(),
    close: () => real.close(),
    ...changed,
  }
}

/** The usual condition-variable mailbox: a woken sender must find its room still there. */
function createWakingMailbox(capacity: number): Mailbox<number> {
  const messages: number[] = []
  const readers: (() => void)[] = []
  const senders: (() => void)[] = []
  let closed = false
  const waitIn = (waiters: (() => void)[], signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      waiters.push(resolve)
      signal?.addEventListener('abort', () => {
        const at = waiters.indexOf(resolve)
        if (at >= 0) waiters.splice(at, 1)
        reject(signal.reason as Error)
      })
    })
  const mailbox: Mailbox<number> = {
    capacity,
    get size() {
      return messages.length
    },
    tell(message) {
      if (closed || messages.length >= capacity) return false
      messages.push(message)
      readers.shift()?.()
      return true
    },
    async put(message, signal) {
      signal?.throwIfAborted()
      for (;;) {
        if (closed) throw new Error('mailbox is closed')
        if (senders.length === 0 && mailbox.tell(message)) return
        await waitIn(senders, signal)
      }
    },
    async take(signal) {
      signal?.throwIfAborted()
      while (messages.length === 0) {
        if (closed) return undefined
        await waitIn(readers, signal)
      }
      return mailbox.poll()
    },
    poll() {
      const message = messages.shift()
      senders.shift()?.()
      return message
    },
    close() {
      closed = true
      for (const wake of [...readers.splice(0), ...senders.splice(0)]) wake()
    },
  }
  return mailbox
}

for (const [bug, make] of Object.entries(planted)) {
  test(`the property catches: ${bug}`, () => assertCaught(mailboxKeepsItsWord(make)))
}
