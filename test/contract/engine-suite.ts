import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { inspect } from 'node:util'
import { createDecoder } from '../../src/docker/decode.ts'
import type { Engine } from '../../src/docker/port.ts'
import type { DockerEvent } from '../../src/model/docker-event.ts'
import { ask, send } from '../support/engines/ask.ts'
import type { Subject } from '../support/engines/subject.ts'
import { expected, wordsOf, type Deed } from '../support/engines/words.ts'

const ONE_SECOND = 1_000_000_000n
const never = new AbortController().signal

/** Events of the stream until `enough` says so, or it ends. */
async function collect(
  engine: Engine,
  options: { readonly since: bigint | 'now'; readonly until?: bigint },
  enough: (events: readonly DockerEvent[]) => boolean = () => false,
): Promise<DockerEvent[]> {
  const events: DockerEvent[] = []
  const decoder = createDecoder({
    onEvent: (event) => events.push(event),
    onBad: ({ text }) => assert.fail(`undecodable: ${text}`),
  })
  const controller = new AbortController()
  for await (const chunk of engine.open({ ...options, signal: controller.signal })) {
    decoder.write(chunk)
    if (enough(events)) break
  }
  controller.abort()
  return events
}

/** What is told of a container while something is done to it, as words, up to the one that ends it. */
async function toldOf(
  { engine }: Subject,
  id: string,
  last: RegExp,
  act: () => Promise<void>,
): Promise<string> {
  const { time } = await engine.info(never)
  const hearing = collect(engine, { since: time }, (events) => last.test(wordsOf(events, id)))
  await act()
  return wordsOf(await hearing, id)
}

const own = (events: readonly DockerEvent[], id: string): DockerEvent[] =>
  events.filter(({ actorId }) => actorId === id)

/** What every engine does, as far as Auditor relies on it. */
export function engineSuite(
  name: string,
  find: (t: TestContext) => Promise<Subject | undefined>,
): void {
  describe(name, () => {
    const check = (title: string, run: (subject: Subject) => Promise<void>): void => {
      test(title, { timeout: 60_000 }, async (t) => {
        const subject = await find(t)
        if (subject !== undefined) await run(subject)
      })
    }

    check('says who it is and what time it has', async ({ engine, family }) => {
      const { ref, time, queue } = await engine.info(never)
      for (const text of [ref.id, ref.name, ref.version, ref.apiVersion]) assert.notEqual(text, '')
      assert.match(ref.apiVersion, /^\d+\.\d+$/)
      const off = Number(time / 1_000_000n) - Date.now()
      assert.ok(Math.abs(off) < 60_000, `its clock is off by ${off} ms`)
      assert.equal((await engine.info(never)).ref.id, ref.id)
      assert.equal(queue?.slots, family === 'podman' ? undefined : 1_024)
      await engine.ping(never)
    })

    check('tells what happens, with exact times and in its own words', async (subject) => {
      const { engine, family } = subject
      const { time } = await engine.info(never)
      const hearing = collect(engine, { since: time }, (events) =>
        events.some(({ action, attributes }) => action === 'die' && isLabelled(attributes, 'live')),
      )
      const id = await subject.runToEnd('live')
      const events = own(await hearing, id)
      assert.match(wordsOf(events, id), /^create (init )?start die\(3\)$/)
      const die = events.find((event) => event.action === 'die')!
      assert.equal(die.attributes['exitCode'], '3')
      assert.equal(die.type, 'container')
      for (const event of events) {
        assert.ok(event.time >= time)
        assert.ok(event.line.includes(String(event.time)))
      }
      assert.equal('execDuration' in die.attributes, family === 'docker-23')
      await subject.remove(id)
    })

    check('remembers what happened: since and until are inclusive and exact', async (subject) => {
      const { engine } = subject
      const id = await subject.runToEnd('history')
      const hasDied = (events: readonly DockerEvent[]): boolean =>
        own(events, id).some((event) => event.action === 'die')
      const all = own(await collect(engine, { since: 1n }, hasDied), id)
      assert.match(wordsOf(all, id), /^create (init )?start die\(3\)/)
      const die = all.find((event) => event.action === 'die')!
      // Podman leaves out the moment itself.
      const since = subject.family === 'podman' ? die.time - 1n : die.time
      assert.equal(own(await collect(engine, { since }, hasDied), id)[0]?.line, die.line)
      // Podman 4 ends too early or never where the end is past or near: nothing relies on it.
      if (subject.family !== 'podman') {
        const only = await collect(engine, { since: die.time, until: die.time })
        assert.deepEqual(
          own(only, id).map(({ line }) => line),
          [die.line],
        )
        const { time } = await engine.info(never)
        assert.ok(!hasDied(await collect(engine, { since: die.time + 1n, until: time })))
      }
      await subject.remove(id)
    })

    check('tells no history to who asks from now on', async (subject) => {
      const before = await subject.runToEnd('before')
      const { engine } = subject
      const hearing = collect(engine, { since: 'now' }, (events) => events.length > 0)
      let heard: readonly DockerEvent[] | undefined
      void hearing.then((events) => (heard = events))
      const later: string[] = []
      while (heard === undefined) {
        later.push(await subject.runToEnd('later'))
        await wait(10)
      }
      // Its end may be told a little later than it is known.
      assert.doesNotMatch(wordsOf(await hearing, before), /create|start/)
      for (const id of [before, ...later]) await subject.remove(id)
    })

    check('ends a stream at its until, past or future', async (subject) => {
      const { engine, family } = subject
      if (family === 'podman') return
      const { time } = await engine.info(never)
      assert.ok(Array.isArray(await collect(engine, { since: time, until: time })))
      const id = await subject.runToEnd('until')
      const events = await collect(engine, { since: time, until: time + 3n * ONE_SECOND })
      assert.ok(own(events, id).length >= 3)
      const end = (await engine.info(never)).time
      assert.ok(end > time + 3n * ONE_SECOND - ONE_SECOND / 10n, 'it ended before its time')
      await subject.remove(id)
    })

    const deeds: readonly (readonly [Deed, RegExp, (s: Subject, id: string) => Promise<void>])[] = [
      ['stop', /(stop.*die|die.*stop|die.*cleanup)/, (subject, id) => subject.stop(id)],
      ['kill', /die\(137\)/, (subject, id) => subject.kill(id)],
      ['restart', /(start restart|init start)$/, (subject, id) => subject.restart(id)],
      [
        'pause',
        / unpause/,
        async (subject, id) => {
          await subject.pause(id)
          await subject.unpause(id)
        },
      ],
      ['rename', /rename/, (subject, id) => subject.rename(id, 'other')],
      ['remove', /(destroy|remove)/, (subject, id) => subject.remove(id)],
    ]
    for (const [deed, last, act] of deeds) {
      check(`tells a ${deed} in its own order`, async (subject) => {
        const id = await subject.run(deed)
        const words = await toldOf(subject, id, last, () => act(subject, id))
        assert.match(words, expected[deed][subject.family])
        if (deed !== 'remove') await subject.remove(id)
      })
    }

    check('knows its containers', async (subject) => {
      const id = await subject.runToEnd('inspect')
      const { engine, socketPath } = subject
      assert.ok((await engine.list(never)).includes(id))
      const isListed = async (): Promise<boolean> => {
        const { body } = await ask(socketPath, 'GET', '/containers/json')
        return (body as { Id: string }[]).some(({ Id }) => Id === id)
      }
      // Docker 28 lists it as running for a moment longer.
      while (await isListed()) continue
      const facts = (await engine.inspect(id, never))!
      assert.equal(facts.id, id)
      assert.equal(facts.labels['auditor-test'], 'inspect')
      assert.deepEqual([facts.state.status, facts.state.exitCode], ['exited', 3])
      // One that ends at once may be said to have started later than it finished.
      assert.ok(facts.state.startedAt! > 0n && facts.state.finishedAt! > 0n)
      assert.ok(facts.envNames.includes('SECRET'))
      assert.ok(!inspect(facts, { depth: null }).includes('SECRET=x'))
      assert.equal((await engine.inspect(facts.name, never))?.id, id)
      assert.equal((await engine.inspect(id.slice(0, 12), never))?.id, id)
      await subject.remove(id)
      assert.equal(await engine.inspect(id, never), undefined)
      assert.ok(!(await engine.list(never)).includes(id))
    })

    check('speaks the dialect it is asked for', async (subject) => {
      const { engine, socketPath, family } = subject
      if (family === 'podman') return // it has only one
      const { ref } = await engine.info(never)
      const id = await subject.runToEnd('dialect')
      const { time } = await engine.info(never)
      const path = `/events?since=${seconds(1n)}&until=${seconds(time)}`
      const start = async (prefix: string): Promise<string> => {
        const { text } = await ask(socketPath, 'GET', prefix + path)
        return text.split('\n').find((line) => line.includes(id) && /"Action":"start"/.test(line))!
      }
      const isOld = Number(ref.apiVersion.split('.')[1]) < 52
      const newest = await start('')
      const older = await start(isOld ? `/v${ref.apiVersion}` : '/v1.44')
      const oldFields = ['status', 'id', 'from']
      const keysOf = (line: string): string[] => Object.keys(JSON.parse(line) as object)
      assert.deepEqual(
        oldFields.filter((key) => keysOf(newest).includes(key)),
        isOld ? oldFields : [],
      )
      assert.ok(oldFields.every((key) => keysOf(older).includes(key)))
      const nanos = (line: string): bigint => BigInt(/"timeNano":(\d+)/.exec(line)![1]!)
      if (isOld) assert.equal(older, newest)
      else assert.equal(nanos(older), BigInt(String(Number(nanos(newest)))))
      await subject.remove(id)
    })

    check('refuses versions it does not speak', async ({ socketPath, family }) => {
      if (family === 'podman') return // it takes them all
      assert.equal((await send(socketPath, 'GET', '/v1.99/info')).status, 400)
    })

    check('ends a stream whose signal is aborted, at once', async ({ engine }) => {
      const controller = new AbortController()
      const { signal } = controller
      const stream = engine.open({ since: 'now', signal })[Symbol.asyncIterator]()
      const next = stream.next()
      setImmediate(() => controller.abort(new Error('enough')))
      await assert.rejects(next)
    })

    check('refuses an interval that ends before it begins', async ({ engine, family }) => {
      const asking = collect(engine, { since: 2_000_000_000n, until: 1_000_000_000n })
      if (family === 'podman') await asking.catch(() => undefined)
      else await assert.rejects(asking, { statusCode: 400 })
    })
  })
}

function isLabelled(attributes: DockerEvent['attributes'], label: string): boolean {
  return attributes['auditor-test'] === label
}

function seconds(time: bigint): string {
  return `${time / 1_000_000_000n}.${String(time % 1_000_000_000n).padStart(9, '0')}`
}
