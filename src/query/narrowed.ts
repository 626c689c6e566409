import type { Bound, Test } from '../filter/bound.ts'
import { ENTRIES } from '../filter/entries.ts'
import { predicateOf } from '../filter/predicate.ts'
import { sqlOf } from '../filter/sql.ts'
import { damageGap } from '../journal/damage.ts'
import type { EntryRange } from '../journal/journal.ts'
import type { Entry } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'

/** More parameters than this are left to the predicate. */
const MAX_PARAMS = 200

/**
 * The part of the journal that a filter can be true of: its terms about time that stand for all of it
 * become ends of the range, the others a condition. The predicate has to be asked of what comes all the
 * same. A filter that is true of the gap that stands for a damaged entry has no condition: what is
 * damaged is only found where every entry is read.
 */
export function narrowed(filter: Bound<Entry>, range: EntryRange): EntryRange {
  const parts = filter.op === 'and' ? filter.parts : [filter]
  const ends = parts.filter((part): part is Test<Entry> => isTime(part) && isOneRange(part))
  const rest = parts.filter((part) => !ends.some((end) => end === part))
  const condition = rest.length === 1 ? rest[0]! : ({ op: 'and', parts: rest } as const)
  const within = ends.reduce(cut, range)
  if (rest.length === 0 || condition.op === 'all') return within
  if (rest.some(asksForTime) || predicateOf(condition)(damageGap(0n))) return within
  const where = sqlOf(condition)
  return where.params.length > MAX_PARAMS ? within : { ...within, where }
}

function isTime(part: Bound<Entry>): part is Test<Entry> {
  return part.op === 'test' && part.field.name === ENTRIES.moment
}

function isOneRange({ checks, negated }: Test<Entry>): boolean {
  return checks.length === 1 && !negated
}

function asksForTime(part: Bound<Entry>): boolean {
  if (part.op === 'and' || part.op === 'or') return part.parts.some(asksForTime)
  return part.op === 'not' ? asksForTime(part.part) : isTime(part)
}

/** The range and that of a term about time. */
function cut(range: EntryRange, { checks: [check] }: Test<Entry>): EntryRange {
  if (check?.check !== 'range') return range
  const low = endOf(check.low, 1n)
  const high = endOf(check.high, -1n)
  const from = range.from === undefined || (low ?? 0n) > range.from ? low : range.from
  const to = range.to === undefined || (high !== undefined && high < range.to) ? high : range.to
  return {
    ...range,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  }
}

function endOf(
  limit: { readonly value: number | bigint; readonly included: boolean } | undefined,
  inwards: bigint,
): Nanoseconds | undefined {
  if (limit === undefined) return undefined
  return limit.included ? BigInt(limit.value) : BigInt(limit.value) + inwards
}
