import { appendFileSync } from 'node:fs'
import { getTestContext } from 'node:test'
import * as fc from 'fast-check'

/** A line of the file that `AUDITOR_PROPERTY_LOG` names: a property was tried. */
export interface PropertyTried {
  /** The test file. */
  readonly file: string
  /** The test, with the suites around it. */
  readonly test: string
  readonly runs: number
  readonly seed: number
  /** Where a counterexample was found: the path to the smallest one. */
  readonly path: string | null
  /** It was found in a bug that was planted, as it has to be. */
  readonly planted: boolean
}

const { env } = process

/**
 * What every property is asserted with: `fc.assert(property, runs(200))`. From the environment come
 *
 * - `AUDITOR_PROPERTY_RUNS`: so many times as many runs, such as 10 or 0.1. Default 1.
 * - `AUDITOR_PROPERTY_SEED`: the seed. Default: another one each time.
 * - `AUDITOR_PROPERTY_PATH`: with the seed, the one run to repeat.
 *
 * @param count how many runs there are in an ordinary test run
 */
export function runs<Ts>(count: number): fc.Parameters<Ts> {
  const times = Number(env['AUDITOR_PROPERTY_RUNS'] ?? 1)
  if (!(times > 0)) throw new TypeError('AUDITOR_PROPERTY_RUNS has to be a number above 0')
  const seed = env['AUDITOR_PROPERTY_SEED']
  const path = env['AUDITOR_PROPERTY_PATH']
  return {
    numRuns: Math.max(1, Math.round(count * times)),
    reporter,
    ...(seed === undefined ? {} : { seed: Number(seed) }),
    ...(path === undefined ? {} : { path }),
  }
}

/** What fast-check does by itself, and a line for whoever counts. */
function reporter<Ts>(tried: fc.RunDetails<Ts>): void {
  note(tried, false)
  if (!tried.failed) return
  throw new Error(fc.defaultReportMessage(tried), { cause: tried.errorInstance })
}

/** A line for whoever counts; nothing where nobody does. */
export function note<Ts>(tried: fc.RunDetails<Ts>, planted: boolean): void {
  const log = env['AUDITOR_PROPERTY_LOG']
  if (log === undefined) return
  const line: PropertyTried = {
    file: process.argv[1] ?? '',
    test: getTestContext()?.fullName ?? '',
    runs: tried.numRuns,
    seed: tried.seed,
    path: tried.failed ? tried.counterexamplePath : null,
    planted,
  }
  appendFileSync(log, `${JSON.stringify(line)}\n`)
}
