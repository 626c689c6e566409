import { byTheEngine } from './scenarios/by-the-engine.ts'
import { byThemselves } from './scenarios/by-themselves.ts'
import { neverStarted } from './scenarios/never-started.ts'
import type { Scenario } from './scenario.ts'

/** Every way to end that is produced on purpose. What needs an engine to end is in `engine-ends.ts`. */
export const scenarios: readonly Scenario[] = [...byThemselves, ...byTheEngine, ...neverStarted]
