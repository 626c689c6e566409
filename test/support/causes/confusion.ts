import type { LifeEntry } from '../../../src/model/entry.ts'
import { scenarioOf, type RunTruth, type ScenarioTruth } from './truth.ts'

/** What was told of a run, against the truth. */
export type Verdict =
  | 'right'
  /** `unknown`, or nothing at all, and no sequence of this engine's events shows the cause. */
  | 'untold'
  /** The same, though the engine's events show it. */
  | 'missed'
  | 'wrong'

export interface Compared {
  readonly container: string
  readonly scenario: string
  /** 1 for the first. */
  readonly run: number
  readonly truth: string
  /** The cause; `nothing` where nothing was told. */
  readonly told: string
  readonly verdict: Verdict
}

/** Every run of every container, against what was told of it. */
export function compare(
  containers: ReadonlyMap<string, ScenarioTruth>,
  told: ReadonlyMap<string, readonly LifeEntry[]>,
): Compared[] {
  return [...containers].flatMap(([container, { runs, more }]) => {
    const lives = told.get(container) ?? []
    const count = more === true ? Math.max(runs.length, lives.length) : runs.length
    const scenario = scenarioOf(container)!
    const of = { container, scenario }
    const compared = Array.from({ length: count }, (_, index): Compared => {
      const truth = runs[Math.min(index, runs.length - 1)]!
      const life = lives[index]
      const told = life?.cause ?? 'nothing'
      return { ...of, run: index + 1, truth: truth.cause, told, verdict: verdictOf(truth, life) }
    })
    // A run that never was.
    const invented = lives.slice(count).map(({ cause }, index): Compared => {
      return { ...of, run: count + index + 1, truth: 'nothing', told: cause, verdict: 'wrong' }
    })
    return [...compared, ...invented]
  })
}

export function verdictOf(
  truth: RunTruth,
  life: Partial<Pick<LifeEntry, 'cause' | 'exitCode' | 'signal'>> | undefined,
): Verdict {
  if (life?.cause === undefined || life.cause === 'unknown') {
    return truth.untold === undefined ? 'missed' : 'untold'
  }
  const { cause, exitCode, signal } = life
  const isRight = cause === truth.cause || truth.alike?.includes(cause) === true
  const isOtherCode =
    exitCode !== undefined && truth.exitCode !== undefined && exitCode !== truth.exitCode
  const isOtherSignal =
    cause === 'killed' &&
    signal !== undefined &&
    truth.signal !== undefined &&
    signal !== truth.signal
  return isRight && !isOtherCode && !isOtherSignal ? 'right' : 'wrong'
}

/** How often each was told where each was true. */
export function confusion(compared: readonly Compared[]): Map<string, Map<string, number>> {
  const table = new Map<string, Map<string, number>>()
  for (const { truth, told } of compared) {
    const row = table.get(truth) ?? new Map<string, number>()
    table.set(truth, row.set(told, (row.get(told) ?? 0) + 1))
  }
  return table
}
