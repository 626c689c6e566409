import type { TestContext } from 'node:test'
import { openEngine } from '../../src/agent/local-engine.ts'
import type { Engine } from '../../src/docker/port.ts'
import { createFakeEngine, type FakeEngine } from '../../src/testing/fake-engine.ts'
import type { CoreOptions } from '../../src/testing/core.ts'

/** A fake engine that runs until the test ends, and the same seen through our own client. */
export async function fakeDocker(
  t: Pick<TestContext, 'after'>,
  options: CoreOptions = {},
): Promise<{ readonly fake: FakeEngine; readonly engine: Engine; readonly url: string }> {
  const fake = await createFakeEngine(options)
  t.after(() => fake[Symbol.asyncDispose]())
  const url = `unix://${fake.socketPath}`
  return { fake, url, engine: openEngine(url, {}) }
}

/** One short life as an engine tells it: create, start, die, destroy. */
export function publishLife(fake: FakeEngine, id: string, name = `name-${id}`): void {
  fake.addContainer({ id, name, labels: { team: 'pay' }, env: ['PASSWORD=swordfish'] })
  const attributes = { name, image: 'busybox', team: 'pay' }
  for (const action of ['create', 'start', 'die', 'destroy']) {
    const more = action === 'die' ? { exitCode: '0' } : {}
    fake.core.publish({ action, id, attributes: { ...attributes, ...more } })
  }
}
