import { containerFacts } from '../docker/facts.ts'
import type { InspectableEngine } from '../docker/port.ts'
import type { ContainerFacts } from '../model/container-facts.ts'
import { serviceInputs, type ServiceInputs, type Wanted } from './inputs.ts'

/** An engine whose answers are remembered for as long as their facts are. */
export interface NotedEngine {
  readonly engine: InspectableEngine
  /** What else was in the answer that these facts come from. */
  readonly inputsOf: (facts: ContainerFacts) => ServiceInputs | undefined
}

/**
 * Keeps the services' inputs beside the facts and never within: what is not part of an entry can't be
 * written with it (P11).
 */
export function noteInputs(engine: InspectableEngine, wanted: Wanted): NotedEngine {
  const noted = new WeakMap<ContainerFacts, ServiceInputs>()
  return {
    engine: {
      ...engine,
      async inspect(id, signal) {
        const answer = await engine.inspectJson(id, signal)
        if (answer === undefined) return undefined
        const facts = containerFacts(answer)
        if (facts === undefined)
          throw new Error(`inspecting ${id}: the answer is about no container`)
        noted.set(facts, serviceInputs(answer, wanted))
        return facts
      },
    },
    inputsOf: (facts) => noted.get(facts),
  }
}
