import type { Clock } from '../actors/clock.ts'
import { withDeadline } from '../actors/deadline.ts'
import type { Inspector } from '../docker/port.ts'
import type { ContainerFacts } from '../model/container-facts.ts'
import type { Bridge, Ended, Running } from '../profiles/bridge.ts'
import type { ServiceInputs } from '../profiles/inputs.ts'

const LIST_MS = 30_000
const INSPECT_MS = 5_000

/**
 * Asks the engine what runs, and inspects what the bridge does not know and what it knows and does not
 * run, one after the other. Rejects where the engine does not answer in time.
 */
export async function takeSync(options: {
  readonly bridge: Pick<Bridge, 'knows' | 'known'>
  /** Ask what became of those that do not run. */
  readonly cleanup: boolean
  readonly inspector: Inspector
  readonly inputsOf: (facts: ContainerFacts) => ServiceInputs | undefined
  readonly clock: Clock
  readonly signal: AbortSignal
}): Promise<{ readonly running: readonly Running[]; readonly ended: readonly Ended[] }> {
  const { bridge, cleanup, inspector, inputsOf, clock, signal } = options

  async function ask(id: string): Promise<ServiceInputs | undefined> {
    const limits = { what: `inspect of ${id}`, ms: INSPECT_MS, signal, clock }
    const facts = await withDeadline((inTime) => inspector.inspect(id, inTime), limits)
    return facts === undefined ? undefined : inputsOf(facts)
  }

  const limits = { what: 'the list of containers', ms: LIST_MS, signal, clock }
  const ids = await withDeadline((inTime) => inspector.list(inTime, 'running'), limits)
  const running: Running[] = []
  for (const id of ids) {
    const inputs = bridge.knows(id) ? undefined : await ask(id)
    running.push({ id, ...(inputs === undefined ? {} : { inputs }) })
  }
  const listed = new Set(ids)
  const ended: Ended[] = []
  for (const id of cleanup ? bridge.known() : []) {
    if (listed.has(id)) continue
    const inputs = await ask(id)
    if (inputs?.running === true) continue
    ended.push({ id, ...(inputs === undefined ? {} : { exitCode: inputs.exitCode }) })
  }
  return { running, ended }
}
