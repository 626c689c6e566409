import { docker, testImage } from './docker.ts'

type Status = 'created' | 'running' | 'paused' | 'exited'

/** A container that nobody else touches. */
interface Own {
  readonly name: string
  readonly status: Status
}

/** Containers of the real engine that live restless lives. */
export interface Churn {
  /** Makes all of them. */
  begin(): Promise<void>
  /**
   * Starts, stops, restarts, pauses, renames, removes and makes containers until it is aborted; then
   * no container does anything by itself any more.
   */
  go(signal: AbortSignal): Promise<void>
  /** How often each thing was done. */
  readonly done: ReadonlyMap<string, number>
}

/** Ends by itself when it is told to, with the code 3. */
const UNTIL_STOPPED = ['sh', '-c', 'trap "exit 3" TERM; sleep 10000 & wait']
/** Policy starts them again and again. */
const RESTLESS = ['sh', '-c', 'sleep 1; exit 7']
const RESTLESS_SHARE = 5
const AT_ONCE = 4

/**
 * @param size how many containers there are at the beginning
 * @param random from 0 to 1, of a seed
 */
export function createChurn(prefix: string, size: number, random: () => number): Churn {
  const done = new Map<string, number>()
  let names = 0
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const nextName = (): string => `${prefix}${names++}`
  const restless: string[] = []
  /** One list a worker, so that no two do something to the same container. */
  const owned: (Own | undefined)[][] = Array.from({ length: AT_ONCE }, () => [])

  async function act(what: string, ...args: readonly string[]): Promise<void> {
    await docker(...args)
    done.set(what, (done.get(what) ?? 0) + 1)
  }

  async function make(): Promise<Own> {
    const name = nextName()
    const runs = random() < 0.7
    const more = random() < 0.2 ? ['--health-cmd', 'true', '--health-interval', '2s'] : []
    const how = runs ? ['run', '--detach'] : ['create']
    await act('create', ...how, '--name', name, '--init', ...more, testImage, ...UNTIL_STOPPED)
    return { name, status: runs ? 'running' : 'created' }
  }

  async function rename(own: Own): Promise<Own> {
    const name = nextName()
    await act('rename', 'rename', own.name, name)
    return { ...own, name }
  }

  const become = async (own: Own, status: Status, what: string, ...args: readonly string[]) => {
    await act(what, what, ...args, own.name)
    return { ...own, status }
  }

  /** Something that is possible; `undefined`: it is gone. */
  async function change(own: Own): Promise<Own | undefined> {
    const remove = async (): Promise<undefined> => {
      await act('rm', 'rm', '--force', own.name)
      return undefined
    }
    const start = (): Promise<Own> => become(own, 'running', 'start')
    switch (own.status) {
      case 'created':
        return pick([start, start, remove])()
      case 'exited':
        return pick([start, start, remove, () => rename(own)])()
      case 'paused':
        return become(own, 'running', 'unpause')
      case 'running':
        return pick([
          () => become(own, 'exited', 'stop'),
          () => become(own, 'exited', 'kill'),
          () => become(own, 'running', 'restart'),
          () => become(own, 'paused', 'pause'),
          () => rename(own),
          remove,
        ])()
    }
  }

  return {
    done,
    async begin() {
      for (let n = 0; n < size; n++) {
        if (n % RESTLESS_SHARE > 0) owned[n % AT_ONCE]!.push(await make())
        else {
          const policy = n % 2 === 0 ? 'always' : 'on-failure:3'
          const name = nextName()
          await docker('run', '-d', '--restart', policy, '--name', name, testImage, ...RESTLESS)
          restless.push(name)
        }
      }
    },
    async go(signal) {
      const work = async (mine: (Own | undefined)[]): Promise<void> => {
        while (!signal.aborted) {
          const index = Math.floor(random() * mine.length)
          const own = mine[index]
          mine[index] = own === undefined ? await make() : await change(own)
        }
      }
      await Promise.all(owned.map(work))
      await docker('stop', '--time', '1', ...restless)
    },
  }
}
