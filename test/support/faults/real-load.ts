import type { TestContext } from 'node:test'
import type { EngineHeard } from '../account.ts'
import { containerPrefix, docker, testImage } from '../docker.ts'
import { eventually } from '../eventually.ts'
import { observe } from '../observer.ts'

/** Containers of the real engine that live and die, a few at a time, and one who listens. */
export interface RealLoad {
  /** How many have come to their end. */
  readonly lives: number
  /** Begins no more; resolves when the last one is gone and everything about it was heard. */
  stop(): Promise<void>
  /** What the engine told of these containers. */
  readonly told: readonly string[]
  heard(): EngineHeard
}

/** Docker's history, in 20.10 and since. */
const REMEMBERS = 256

export async function realLoad(
  t: Pick<TestContext, 'after'>,
  { atOnce, atMost = Infinity }: { readonly atOnce: number; readonly atMost?: number },
): Promise<RealLoad & { readonly done: Promise<void> }> {
  const engineId = await docker('info', '--format', '{{.ID}}')
  const prefix = containerPrefix(t)
  const observer = await observe()
  t.after(() => observer[Symbol.asyncDispose]())
  let next = 0
  let lives = 0
  let over = false
  t.after(() => (over = true))

  async function work(): Promise<void> {
    while (!over && next < atMost) {
      const name = `${prefix}${next++}`
      await docker('run', '--rm', '--name', name, '--env', 'TOKEN=swordfish', testImage, 'true')
      lives++
    }
  }
  const done = Promise.all(Array.from({ length: atOnce }, work)).then(() => undefined)
  done.catch(() => undefined)

  const told = (): string[] => observer.of(prefix).map(({ line }) => line)
  return {
    done,
    get lives() {
      return lives
    },
    get told() {
      return told()
    },
    async stop() {
      over = true
      await done
      const gone = (): number =>
        observer.of(prefix).filter(({ action }) => action === 'destroy').length
      await eventually('the last container is gone', async () => gone() >= lives || undefined)
    },
    heard() {
      const mine = new Set(told())
      return {
        id: engineId,
        heard: observer.all().map(({ line }) => line),
        mine: ({ line }) => mine.has(line),
        remembers: REMEMBERS,
        inspectsTruly: true,
      }
    },
  }
}
