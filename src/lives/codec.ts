import type { EngineStory, Life } from '../model/life/life.ts'
import { exactText } from '../model/exact-json.ts'

/** Members that are nanoseconds: text in JSON. */
const MOMENTS: ReadonlySet<string> = new Set([
  'time', 'from', 'to', 'startedAt', 'seenFrom', 'pausedAt', 'pausedNanos', 'createdAt', 'removedAt',
  'goneBy', 'lastAsked', 'lastEnd', 'asked', 'askedBefore', 'end',
]) // prettier-ignore

export const encodeState = (state: Life | EngineStory): string => exactText(state)

/** @throws SyntaxError where the text was not written by `encodeState` */
export const decodeState = (text: string): unknown =>
  JSON.parse(text, (name, value: unknown) =>
    MOMENTS.has(name) && typeof value === 'string' ? BigInt(value) : value,
  )
