import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { describe, test, type TestContext } from 'node:test'
import { createDecoder } from '../../src/docker/decode.ts'
import { createDockerEngine } from '../../src/docker/dockerode.ts'
import type { Engine } from '../../src/docker/port.ts'
import type { DockerEvent } from '../../src/model/docker-event.ts'
import { containerPrefix, docker, dockerEngine } from '../support/docker.ts'
import { createFakeEngine } from '../../src/testing/fake-engine.ts'
import { requirePeer } from '../support/peers.ts'

/** An engine under test, and how a container is made to live and die on it. */
interface Subject {
  readonly engine: Engine
  /** Runs a container with this label to its end, exit code 3; answers its id. */
  runToEnd(label: string): Promise<string>
  remove(id: string): Promise<void>
}

const subjects: { readonly [name: string]: (t: TestContext) => Promise<Subject | undefined> } = {
  'the fake engine': async (t) => {
    const fake = await createFakeEngine()
    t.after(() => fake[Symbol.asyncDispose]())
    let made = 0
    return {
      engine: openEngine(fake.socketPath),
      async runToEnd(label) {
        const id = (++made).toString(16).padStart(64, '0')
        const attributes = { image: 'busybox', name: `made-${made}`, 'auditor-test': label }
        fake.addContainer({ id, labels: { 'auditor-test': label }, env: ['SECRET=x'] })
        fake.core.publish({ action: 'create', id, attributes })
        fake.core.publish({ action: 'start', id, attributes })
        fake.core.publish({ action: 'die', id, attributes: { ...attributes, exitCode: '3' } })
        return Promise.resolve(id)
      },
      async remove(id) {
        fake.core.containers.delete(id)
        fake.core.publish({ action: 'destroy', id })
        return Promise.resolve()
      },
    }
  },
  'the real engine': async (t) => {
    const peer = await requirePeer(t, dockerEngine)
    if (peer === undefined) return undefined
    const prefix = containerPrefix(t)
    return {
      engine: openEngine(peer.socket),
      async runToEnd(label) {
        const made = ['--name', `${prefix}${label}`, '--label', `auditor-test=${label}`]
        const id = await docker(
          'create',
          ...made,
          '-e',
          'SECRET=x',
          peer.image,
          'sh',
          '-c',
          'exit 3',
        )
        await docker('start', '--attach', id).catch(() => undefined)
        return id
      },
      async remove(id) {
        await docker('rm', id)
      },
    }
  },
}

function openEngine(path: string): Engine {
  return createDockerEngine({ kind: 'unix', url: `unix://${path}`, path })
}

/** Events of the stream until `enough` says so. */
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

const signal = new AbortController().signal

for (const [name, find] of Object.entries(subjects)) {
  describe(name, () => {
    const check = (title: string, run: (subject: Subject) => Promise<void>): void => {
      test(title, { timeout: 60_000 }, async (t) => {
        const subject = await find(t)
        if (subject !== undefined) await run(subject)
      })
    }

    check('says who it is and what time it has', async ({ engine }) => {
      const { ref, time } = await engine.info(signal)
      for (const text of [ref.id, ref.name, ref.version, ref.apiVersion]) assert.notEqual(text, '')
      assert.match(ref.apiVersion, /^\d+\.\d+$/)
      const off = Number(time / 1_000_000n) - Date.now()
      assert.ok(Math.abs(off) < 60_000, `its clock is off by ${off} ms`)
      assert.equal((await engine.info(signal)).ref.id, ref.id)
      await engine.ping(signal)
    })

    check('tells what happens, with exact times and in its own words', async (subject) => {
      const { time } = await subject.engine.info(signal)
      const live = collect(subject.engine, { since: time }, (events) =>
        events.some(({ action, attributes }) => action === 'die' && isLabelled(attributes, 'live')),
      )
      const id = await subject.runToEnd('live')
      const events = (await live).filter(({ actorId }) => actorId === id)
      assert.deepEqual(
        ['create', 'start', 'die'].filter((action) =>
          events.some((event) => event.action === action),
        ),
        ['create', 'start', 'die'],
      )
      const die = events.find((event) => event.action === 'die')!
      assert.equal(die.attributes['exitCode'], '3')
      assert.equal(die.type, 'container')
      for (const event of events) {
        assert.ok(event.time >= time)
        assert.ok(event.line.includes(String(event.time)))
      }
      await subject.remove(id)
    })

    check('remembers what happened: since and until are inclusive and exact', async (subject) => {
      const id = await subject.runToEnd('history')
      const { time } = await subject.engine.info(signal)
      const own = (events: readonly DockerEvent[]): DockerEvent[] =>
        events.filter(({ actorId }) => actorId === id)
      const all = own(await collect(subject.engine, { since: 1n, until: time }))
      assert.ok(all.length >= 3)
      const die = all.find((event) => event.action === 'die')!
      const only = await collect(subject.engine, { since: die.time, until: die.time })
      assert.deepEqual(
        own(only).map(({ line }) => line),
        [die.line],
      )
      const after = await collect(subject.engine, { since: die.time + 1n, until: time })
      assert.ok(!own(after).some((event) => event.action === 'die'))
      await subject.remove(id)
    })

    check('knows its containers', async (subject) => {
      const id = await subject.runToEnd('inspect')
      assert.ok((await subject.engine.list(signal)).includes(id))
      const facts = (await subject.engine.inspect(id, signal))!
      assert.equal(facts.id, id)
      assert.equal(facts.labels['auditor-test'], 'inspect')
      assert.ok(facts.envNames.includes('SECRET'))
      assert.ok(!inspect(facts, { depth: null }).includes('SECRET=x'))
      await subject.remove(id)
      assert.equal(await subject.engine.inspect(id, signal), undefined)
      assert.ok(!(await subject.engine.list(signal)).includes(id))
    })

    check('ends a stream whose signal is aborted, at once', async ({ engine }) => {
      const controller = new AbortController()
      const { signal } = controller
      const stream = engine.open({ since: 'now', signal })[Symbol.asyncIterator]()
      const next = stream.next()
      setImmediate(() => controller.abort(new Error('enough')))
      await assert.rejects(next)
    })

    check('refuses an interval that ends before it begins', async ({ engine }) => {
      await assert.rejects(collect(engine, { since: 2_000_000_000n, until: 1_000_000_000n }), {
        statusCode: 400,
      })
    })
  })
}

function isLabelled(attributes: DockerEvent['attributes'], label: string): boolean {
  return attributes['auditor-test'] === label
}
