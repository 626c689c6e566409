import { byTheEngine } from './scenarios/by-the-engine.ts'
import { byThemselves } from './scenarios/by-themselves.ts'
import { neverStarted } from './scenarios/never-started.ts'
import type { Scenario } from './scenario.ts'
import type { CauseName, EngineFamily, RunTruth, ScenarioTruth, Skipped } from './truth.ts'

/** Every way to end that is produced on purpose. What needs an engine to end is in `engine-ends.ts`. */
export const scenarios: readonly Scenario[] = [...byThemselves, ...byTheEngine, ...neverStarted]

const SAME = 'a stop, a removal by force and an OOM look the same: it tells of none of them'

/** What Podman 4.3 sends no evidence of, and why. */
const UNTOLD_BY_PODMAN: { readonly [cause in CauseName]?: string } = {
  completed: SAME,
  crashed: SAME,
  oom: 'no oom event, and OOMKilled is false',
  stopped: 'no kill event, and stop only seldom',
  'stop-timeout': 'no kill event, and stop only seldom',
  removed: 'no kill event; with a stop event it looks like a stop',
  'start-failed': 'nothing is sent, and State.Error is empty',
}

function podmansTruth(run: RunTruth): RunTruth {
  const { cause, exitCode = 0 } = run
  const isHandled = cause === 'killed' && exitCode <= 128
  const untold = isHandled ? 'kill names no signal, nor does the code' : UNTOLD_BY_PODMAN[cause]
  return untold === undefined ? run : { ...run, untold }
}

/** What is true of a scenario that was made so many times on such an engine. */
export function truthOn(
  family: EngineFamily,
  { runs, more, skipped }: Scenario,
  times: number,
): ScenarioTruth | Skipped {
  const why = skipped?.[family]
  if (why !== undefined) return { skipped: why }
  return {
    runs: family === 'podman' ? runs.map(podmansTruth) : runs,
    times,
    ...(more === undefined ? {} : { more }),
  }
}
