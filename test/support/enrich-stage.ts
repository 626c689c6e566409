import { Subject } from 'rxjs'
import type { Inspector } from '../../src/docker/port.ts'
import type { ContainerFacts } from '../../src/model/container-facts.ts'
import type { Record } from '../../src/model/entry.ts'
import { createEnricher, type EnrichOptions, type Enricher } from '../../src/streams/enrich.ts'
import type { Flowing } from '../../src/streams/flow.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { told } from './marbles.ts'
import { factsOf } from './records.ts'

export interface Question {
  readonly id: string
  readonly signal: AbortSignal
  answer(facts: ContainerFacts | undefined): Promise<void>
  fail(error: Error): Promise<void>
}

export interface EnrichStage {
  readonly clock: ManualClock
  readonly questions: Question[]
  readonly give: (value: Flowing) => void
  readonly out: Flowing[]
  readonly enricher: Enricher
  /** Action, enrichment and the container's exit code, of what came out. */
  readonly seen: () => string[]
  readonly complete: () => boolean
}

/** An enricher whose questions the test answers itself. */
export function enrichStage(options: Partial<EnrichOptions> = {}): EnrichStage {
  const clock = createManualClock()
  const questions: Question[] = []
  const inspector: Inspector = {
    list: () => Promise.resolve([]),
    inspect: (id, signal) =>
      new Promise((resolve, reject) => {
        questions.push({
          id,
          signal,
          answer(facts) {
            resolve(facts)
            return clock.settle()
          },
          fail(error) {
            reject(error)
            return clock.settle()
          },
        })
      }),
  }
  const enricher = createEnricher({ inspector, clock, ...options })
  const source = new Subject<Flowing>()
  const { values, end } = told(source.pipe(enricher.enrich))
  return {
    clock,
    questions,
    enricher,
    out: values,
    give: (value) => source.next(value),
    seen: () => values.map((value) => (value.kind === 'record' ? lineOf(value) : value.kind)),
    complete() {
      source.complete()
      return end.length === 1
    },
  }
}

const lineOf = ({ event, enrichment, container }: Record): string =>
  `${event.action} ${enrichment}${container === undefined ? '' : ` ${container.state.exitCode}`}`

/** Facts of a container that ended. */
export function ended(
  id: string,
  exitCode: number,
  changes: Partial<ContainerFacts['state']> = {},
): ContainerFacts {
  const facts = factsOf(id)
  return { ...facts, state: { ...facts.state, status: 'exited', exitCode, ...changes } }
}
