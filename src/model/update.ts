import type { ContainerFacts } from './container-facts.ts'
import { changeText, limitsText, type ValueChange } from './facts-diff.ts'

/** What an `update` of a container changed, by what inspect said before it and behind it. */
export type Update =
  | {
      /** None where it changed nothing that is recorded (weights of block devices, for example). */
      readonly changes: readonly ValueChange[]
    }
  | { readonly unknown: UnknownUpdate }

/**
 * Why it can't be told what changed. `before`: how it was is not known for certain. `after`: inspect was
 * not asked, since it happened long before, or did not answer. `overlap`: while it happened another answer was on its way, which may tell of either side.
 */
export type UnknownUpdate = 'before' | 'after' | 'overlap'

const REASONS: { readonly [U in UnknownUpdate]: string } = {
  before: 'how it was before was not seen',
  after: 'how it was behind it was not seen',
  overlap: 'too much happened at once',
}

/** For people: `memory 64 MiB -> 128 MiB, restart no -> on-failure:3`. */
export function updateText(update: Update, facts: ContainerFacts | undefined): string {
  if ('changes' in update) {
    return update.changes.map(changeText).join(', ') || 'nothing that is recorded was changed'
  }
  const { unknown } = update
  const now = unknown === 'after' || facts === undefined ? '' : limitsText(facts)
  return `what was changed is not known (${REASONS[unknown]})${now === '' ? '' : `; now ${now}`}`
}
