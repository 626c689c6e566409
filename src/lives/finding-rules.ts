import { FLAPPING_HEALTH, RESTART_LOOP, type StreakRule } from '../model/life/streak.ts'
import type { Repeating } from './finding-tables.ts'

/** Of everything that opens and resolves. */
export const RULES: { readonly [finding in Repeating]: StreakRule } = {
  'restart-loop': RESTART_LOOP,
  'flapping-health': FLAPPING_HEALTH,
}
