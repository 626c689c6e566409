import * as fc from 'fast-check'
import type { Act, Step } from './play.ts'

export const act: fc.Arbitrary<Act> = fc.record({
  who: fc.integer({ min: 0, max: 4 }),
  choice: fc.nat(11),
  lagMs: fc.constantFrom(0, 1, 20, 700),
  thenMs: fc.constantFrom(0, 0, 1, 30, 3_000),
})

export const absence = <D extends 'outage' | 'agentDown' | 'engineRestart'>(what: D) =>
  fc.record({
    do: fc.constant(what),
    acts: fc.array(act, { maxLength: 12 }),
    noise: fc.constantFrom(0, 0, 3, 20),
    endsEarly: fc.boolean(),
  })

export const steps = (...more: readonly fc.Arbitrary<Step>[]): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('act' as const), act }) },
      fc.record({ do: fc.constant('noise' as const), count: fc.constantFrom(1, 5, 20) }),
      fc.record({ do: fc.constant('cut' as const) }),
      fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(5, 500, 1_500, 15_000) }),
      absence('outage'),
      absence('agentDown'),
      ...more,
    ),
    { maxLength: 14 },
  )
