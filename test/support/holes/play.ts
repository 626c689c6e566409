import type { World } from './world.ts'

export interface Act {
  readonly who: number
  readonly choice: number
  readonly lagMs: number
  readonly thenMs: number
}

/** One thing that happens; the acts of an absence happen meanwhile. */
export type Step =
  | { readonly do: 'act'; readonly act: Act }
  | { readonly do: 'noise'; readonly count: number }
  | { readonly do: 'cut' }
  | { readonly do: 'wait'; readonly ms: number }
  | {
      readonly do: 'outage' | 'agentDown' | 'engineRestart'
      readonly acts: readonly Act[]
      readonly noise: number
      /**
       * It ends while the engine has told of the noise and has yet to tell of the last act; else when
       * all is told, and the noise came last.
       */
      readonly endsEarly: boolean
    }

type Absence = Extract<Step, { readonly acts: readonly Act[] }>

export async function play(world: World, steps: readonly Step[]): Promise<void> {
  const { clock, core, engine, lives } = world
  const doAll = async (
    acts: readonly Act[],
    noise: number,
    beforeLast?: () => void,
  ): Promise<void> => {
    for (const [at, { who, choice, lagMs, thenMs }] of acts.entries()) {
      await lives.act(who, choice, lagMs, at === acts.length - 1 ? beforeLast : undefined)
      await clock.advance(thenMs)
    }
    for (let left = noise; left > 0; left--) {
      await clock.advance(1)
      lives.noise()
    }
  }
  /** What happens while nobody listens, and how that ends. */
  const absence = async ({ acts, noise, endsEarly }: Absence, end: () => void): Promise<void> => {
    let hasEnded = false
    const endOnce = (): void => {
      if (!hasEnded) end()
      hasEnded = true
    }
    const endAmidNoise = (): void => {
      for (let left = noise; left > 0; left--) lives.noise()
      endOnce()
    }
    await (endsEarly ? doAll(acts, 0, endAmidNoise) : doAll(acts, noise))
    endOnce()
  }
  world.startAgent()
  await clock.advance(1_000)
  for (const step of steps) {
    switch (step.do) {
      case 'act':
        await doAll([step.act], 0)
        break
      case 'noise':
        await doAll([], step.count)
        break
      case 'cut':
        core.cut()
        break
      case 'wait':
        await clock.advance(step.ms)
        break
      case 'outage':
        engine.refusing = true
        core.cut()
        await absence(step, () => (engine.refusing = false))
        await clock.advance(10_000)
        break
      case 'agentDown':
        await world.killAgent()
        await absence(step, () => world.startAgent())
        break
      case 'engineRestart':
        engine.refusing = true
        await absence(step, () => {
          core.forget()
          engine.refusing = false
        })
        break
    }
    await clock.settle()
  }
  await clock.advance(400_000)
  await doAll([], 1)
  await clock.advance(60_000)
}
