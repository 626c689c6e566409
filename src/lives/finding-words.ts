import { lengthText } from '../model/time.ts'
import type { Posture } from '../model/posture.ts'
import type { KeptStreak, Repeating } from './finding-tables.ts'
import { RULES } from './finding-rules.ts'

/** What a sentence repeats of what stands out; the whole is in the details. */
const MOST_SAID = 4

const NAMES: { readonly [finding in Repeating]: string } = {
  'restart-loop': 'restart loop',
  'flapping-health': 'health that flaps',
}

/** `shop/api 1: restart loop, 5 ends in 24s (crashed, exit code 1)` */
export function saidOfStreak(
  lineage: string,
  finding: Repeating,
  state: 'opened' | 'resolved',
  { from, to, count, words }: KeptStreak,
): string {
  const length = lengthText(to - from)
  const what =
    finding === 'restart-loop'
      ? `${count} ends in ${length} (${words.join('; ')})`
      : `${count} changes in ${length}`
  if (state === 'opened') return `${lineage}: ${NAMES[finding]}, ${what}`
  return `${lineage}: no ${NAMES[finding]} any more, ${what}, then none for ${lengthText(RULES[finding].window)}`
}

/** `shop/api 1: shop/api:1.4 is another image than before: 0123456789ab -> ba9876543210` */
export const saidOfImage = (lineage: string, name: string, before: string, after: string): string =>
  `${lineage}: ${name} is another image than before: ${shortId(before)} -> ${shortId(after)}`

const shortId = (id: string): string => id.replace(/^sha256:/, '').slice(0, 12)

/** `shop/api 1: what auditors ask about: privileged, engine socket mounted /var/run/docker.sock` */
export function saidOfPosture(lineage: string, found: readonly Posture[]): string {
  if (found.length === 0) return `${lineage}: nothing stands out any more in how it is run`
  const said = found.slice(0, MOST_SAID).map(({ what, detail }) => `${what} ${detail}`.trimEnd())
  const more = found.length - said.length
  return `${lineage}: what auditors ask about: ${said.join(', ')}${more === 0 ? '' : `, and ${more} more`}`
}
