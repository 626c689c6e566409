import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../support/stdout-child.ts', import.meta.url))

/** A process whose standard output is a real pipe. */
function child(size: number, batches: number): ChildProcess {
  return spawn(process.execPath, [program, String(size), String(batches)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

describe('stdout sink', { timeout: 30_000 }, () => {
  test('writes one line an entry', async () => {
    const process = child(3, 1)
    const [out, told] = await Promise.all([text(process.stdout!), text(process.stderr!)])
    assert.equal(out.trimEnd().split('\n').length, 3)
    assert.match(told, /^delivered\n/)
  })

  test('a pipe that is not read holds up nothing but itself', async () => {
    const process = child(2000, 1)
    assert.match(await text(process.stderr!), /^aborted: .*\nturns many\n$/)
    assert.equal(process.exitCode ?? (await once(process, 'exit'))[0], 0)
  })

  test('a reader that has gone is a sink that is away, not a crash', async () => {
    const process = child(2000, 3)
    process.stdout!.destroy()
    const told = await text(process.stderr!)
    assert.equal(told.match(/^retry: Error: nobody reads/gm)?.length, 3, told)
    assert.equal(process.exitCode ?? (await once(process, 'exit'))[0], 0)
  })
})
