import { asError } from '../../model/errors.ts'
import type { Excerpt } from './excerpt.ts'

/** What went wrong on the way to a peer; with the head of what it said where that was no HTTP. */
export function describeFailure(thrown: unknown, excerpt: Excerpt): string {
  const error = asError(thrown)
  // What undici's HTTPParserError holds: the bytes it could make nothing of.
  if ('data' in error && typeof error.data === 'string') {
    return `the answer is no HTTP: ${excerpt(error.data)}`
  }
  if (error instanceof AggregateError) {
    return error.errors.map((one: unknown) => excerpt(asError(one).message)).join('; ')
  }
  return excerpt(error.message)
}
