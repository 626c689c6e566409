import type { Clock } from '../actors/clock.ts'
import type { Caller, Core, Method } from './caller.ts'

/** As the thread of the lives: an idle agent can do without some 10 MiB. */
const REST_MS = 20_000

/**
 * Asks a thread that is ended when nothing was asked for a while, and started anew when something is.
 * @param caller the first one, already started
 */
export function createRestingCaller(
  caller: Caller,
  start: () => Promise<Caller>,
  clock: Clock,
): Caller {
  let running: Promise<Caller> | undefined = Promise.resolve(caller)
  let ending: Promise<void> = Promise.resolve()
  let pending = 0
  let isClosed = false
  let callOff: () => void = rest()

  function rest(): () => void {
    return clock.after(REST_MS, () => end())
  }

  function end(): void {
    const resting = running
    running = undefined
    const before = ending
    // One that could not be started has told whoever asked.
    ending = Promise.allSettled([before, resting?.then((one) => one[Symbol.asyncDispose]())]).then(
      () => undefined,
    )
  }

  async function ask(): Promise<Caller> {
    if (isClosed) throw new Error('the journal is closed')
    const starting = (running ??= start())
    try {
      return await starting
    } catch (thrown) {
      if (running === starting) running = undefined // the next question tries again
      throw thrown
    }
  }

  return {
    async call<N extends Method>(method: N, ...args: Parameters<Core[N]>) {
      callOff()
      pending += 1
      try {
        const asked = await ask()
        return await asked.call(method, ...args)
      } finally {
        pending -= 1
        if (pending === 0 && !isClosed) callOff = rest()
      }
    },
    async [Symbol.asyncDispose]() {
      isClosed = true
      callOff()
      end()
      await ending
    },
  }
}
