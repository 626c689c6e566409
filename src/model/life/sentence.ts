import type { LifeEntry } from '../entry.ts'
import { signalName } from '../signals.ts'
import { lengthText } from '../time.ts'
import type { Cause } from './life.ts'

/** Ends that somebody asked for, or that are what a container is for. */
const EXPECTED: ReadonlySet<Cause> = new Set([
  'completed', 'stopped', 'restarted', 'removed', 'daemon',
]) // prettier-ignore

/** Whether an end is nothing to be alarmed about: clean stops and finished work. */
export const isExpected = (cause: Cause): boolean => EXPECTED.has(cause)

/**
 * Whether an end is a trouble that may come again. Of one that is not known, as most of Podman's are, the
 * code is all there is.
 */
export const isTrouble = ({ cause, exitCode }: Pick<LifeEntry, 'cause' | 'exitCode'>): boolean =>
  !isExpected(cause) && !(cause === 'unknown' && exitCode === 0)

/** One sentence for people: `container web (nginx:1.27) ended: oom, exit code 137, after 4h 12m`. */
export function lifeSentence(life: LifeEntry): string {
  const { name, image } = life.container
  return `container ${name}${image === '' ? '' : ` (${image})`} ended: ${endPhrase(life)}`
}

type End = Pick<LifeEntry, 'cause' | 'signal' | 'exitCode' | 'startedAt' | 'endedAt' | 'failure'>

/** `killed by SIGTERM, exit code 143, after 12s`. */
export function endPhrase(end: End): string {
  const { cause, signal, exitCode, startedAt, endedAt, failure } = end
  const by = signal === undefined || cause === 'oom' ? '' : ` by ${signalName(signal)}`
  const parts = [`${cause}${by}`]
  if (failure !== undefined) parts.push(failure)
  if (exitCode !== undefined) parts.push(`exit code ${exitCode}`)
  if (startedAt !== undefined && endedAt !== undefined) {
    parts.push(`after ${lengthText(endedAt - startedAt)}`)
  }
  return parts.join(', ')
}
