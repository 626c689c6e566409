import type { Clock } from '../actors/clock.ts'
import type { Entry } from '../model/entry.ts'
import type { Told } from '../model/life/episode.ts'
import { createEpisodes } from '../streams/episodes.ts'

/** Gives out what a stream of entries tells, put together, soon after it happened. */
export interface EpisodePrinter {
  /** Resolves when what is told so far has been given out: whoever gives entries waits for it. */
  take(entry: Entry): Promise<void>
  /** Gives out what still waits, as it is. */
  end(): Promise<void>
}

/** @param give prints one; told in their order, one at a time */
export function createEpisodePrinter(
  clock: Pick<Clock, 'monotonic' | 'after'>,
  give: (told: Told) => Promise<void>,
): EpisodePrinter {
  const episodes = createEpisodes()
  let giving = Promise.resolve()
  let cancel: (() => void) | undefined

  function tell(all: readonly Told[]): Promise<void> {
    for (const told of all) giving = giving.then(() => give(told))
    return giving
  }

  /** What is printed by the clock is little: at most what waits, which has a limit. */
  function setTimer(): void {
    cancel?.()
    const { dueAt } = episodes
    cancel =
      dueAt === undefined
        ? undefined
        : clock.after(dueAt - clock.monotonic(), () => {
            void tell(episodes.due(clock.monotonic()))
            setTimer()
          })
  }

  return {
    async take(entry) {
      const told = tell(episodes.take(entry, clock.monotonic()))
      setTimer()
      await told
    },
    async end() {
      cancel?.()
      await tell(episodes.end())
    },
  }
}
