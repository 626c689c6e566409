import {
  MAX_FILTER_DEPTH,
  MAX_FILTER_LENGTH,
  failure,
  type Failure,
  type Filter,
} from './syntax.ts'
import { readToken, type Token } from './tokens.ts'

export type Parsed = { readonly filter: Filter } | Failure

/**
 * The tree of a filter text. OR binds least, then AND (also by mere adjacency), then NOT and `-`.
 * An empty text is the filter that lets everything pass.
 */
export function parseFilter(text: string): Parsed {
  if (text.length > MAX_FILTER_LENGTH) {
    const message = `a filter has at most ${MAX_FILTER_LENGTH} characters, this one ${text.length}`
    return failure(MAX_FILTER_LENGTH, 1, message)
  }
  const parser = createParser(text)
  const first = parser.current()
  if ('error' in first) return first
  if (first.token === 'end') return { filter: { op: 'all' } }
  const parsed = parser.either(0)
  if ('error' in parsed) return parsed
  const rest = parser.current()
  if ('error' in rest) return rest
  return rest.token === 'end' ? parsed : unexpected(rest)
}

function createParser(text: string) {
  let now = readToken(text, 0)

  function advance(token: Token): void {
    now = readToken(text, token.offset + token.length)
  }

  function either(depth: number): Parsed {
    return sequence('or', () => both(depth))
  }

  function both(depth: number): Parsed {
    return sequence('and', () => negated(depth))
  }

  /** part (OPERATOR part)*; the AND may be left out. */
  function sequence(op: 'and' | 'or', readPart: () => Parsed): Parsed {
    const parts: Filter[] = []
    for (;;) {
      const part = readPart()
      if ('error' in part) return part
      parts.push(part.filter)
      if ('error' in now) return now
      if (now.token === op) advance(now)
      else if (op === 'or' || !['term', 'not', '('].includes(now.token)) break
    }
    return { filter: parts.length === 1 ? parts[0]! : { op, parts } }
  }

  function negated(depth: number): Parsed {
    const token = now
    if ('error' in token) return token
    if (depth > MAX_FILTER_DEPTH) {
      const message = `nested more than ${MAX_FILTER_DEPTH} deep`
      return failure(token.offset, token.length, message)
    }
    if (token.token === 'term') {
      advance(token)
      return { filter: token.filter }
    }
    if (token.token === 'not') {
      advance(token)
      const inner = negated(depth + 1)
      return 'error' in inner ? inner : { filter: { op: 'not', part: inner.filter } }
    }
    if (token.token !== '(') return unexpected(token)
    advance(token)
    if (!('error' in now) && now.token === ')') {
      const message = 'there is nothing between these parentheses'
      return failure(token.offset, now.offset + 1 - token.offset, message)
    }
    const inner = either(depth + 1)
    if ('error' in inner) return inner
    if ('error' in now) return now
    if (now.token !== ')') {
      const message = 'this parenthesis is never closed'
      return failure(token.offset, 1, message)
    }
    advance(now)
    return inner
  }

  return { current: () => now, either }
}

function unexpected(token: Token): Failure {
  const { offset, length } = token
  const message =
    token.token === 'end'
      ? 'something is missing at the end'
      : token.token === ')'
        ? 'nothing to close here'
        : `a term is missing before ${token.token.toUpperCase()}`
  return failure(offset, length, message)
}
