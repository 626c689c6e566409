import { fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

const script = join(import.meta.dirname, 'fake-engine-child.ts')

/** What the parent wants of the child. */
export type EngineOrder =
  /** So many events in a second for so long. */
  | { readonly do: 'load'; readonly perSecond: number; readonly ms: number }
  /** The files are complete, and nobody is served any more. */
  | { readonly do: 'end' }

export interface EngineWord {
  readonly id: string
  readonly socketPath: string
  readonly metricsUrl: string
}

/** A fake engine in a process of its own, so that it goes on while the test's process is busy. */
export interface FakeEngineProcess extends AsyncDisposable, EngineWord {
  /** Resolves when the order is done. */
  do(order: EngineOrder): Promise<void>
  /** After its end: the lines of the events that were published, and of those a reader lost. */
  heard(): Promise<string[]>
  lost(): Promise<string[]>
}

/** @param folder where it writes what it published */
export async function startFakeEngine(folder: string): Promise<FakeEngineProcess> {
  const files = { heard: join(folder, 'heard.ndjson'), lost: join(folder, 'lost.ndjson') }
  const child = fork(script, [files.heard, files.lost])
  const killNow = (): void => void child.kill('SIGKILL')
  process.once('exit', killNow)
  const ended = once(child, 'exit').then(() => process.off('exit', killNow))
  const said = async (): Promise<unknown> => {
    const [word] = (await Promise.race([
      once(child, 'message'),
      ended.then(() => {
        throw new Error(`the fake engine's process ended with ${child.exitCode}`)
      }),
    ])) as unknown[]
    return word
  }
  const about = (await said()) as EngineWord
  const linesOf = async (file: string): Promise<string[]> =>
    (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '')
  return {
    ...about,
    async do(order) {
      child.send(order)
      await said()
    },
    heard: () => linesOf(files.heard),
    lost: () => linesOf(files.lost),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended
    },
  }
}
