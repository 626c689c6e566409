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
    }

export async function play(world: World, steps: readonly Step[]): Promise<void> {
  const { clock, core, engine, lives } = world
  const doAll = async (acts: readonly Act[], noise: number): Promise<void> => {
    for (const { who, choice, lagMs, thenMs } of acts) {
      await lives.act(who, choice, lagMs)
      await clock.advance(thenMs)
    }
    for (let left = noise; left > 0; left--) {
      await clock.advance(1)
      lives.noise()
    }
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
        await doAll(step.acts, step.noise)
        engine.refusing = false
        await clock.advance(10_000)
        break
      case 'agentDown':
        await world.killAgent()
        await doAll(step.acts, step.noise)
        world.startAgent()
        break
      case 'engineRestart':
        engine.refusing = true
        await doAll(step.acts, step.noise)
        core.forget()
        engine.refusing = false
        break
    }
    await clock.settle()
  }
  await clock.advance(400_000)
  await doAll([], 1)
  await clock.advance(60_000)
}
