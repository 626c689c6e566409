import { map, type MonoTypeOperatorFunction } from 'rxjs'
import type { Redactor } from '../model/redaction.ts'
import type { Flowing } from './flow.ts'

/**
 * Takes secrets out of entries before anything is kept of them.
 *
 *     source   a-b-S-c-|      b has a secret, S is a Skipped
 *     output   a-r-S-c-|      r is b without it, under the same id
 */
export function redact(redactor: Redactor): MonoTypeOperatorFunction<Flowing> {
  return map((value) => (value.kind === 'skipped' ? value : redactor.entry(value)))
}
