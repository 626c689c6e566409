import type { Pattern } from './syntax.ts'

/*
 * Patterns: `*` is any text, also none and also across `/`; `?` is one character (UTF-16 unit);
 * `\` makes the next character stand for itself; upper and lower case differ. Matching takes at
 * most text length x pattern length steps, whatever the pattern: no regular expression is involved.
 */

const STAR = Symbol('*')
const ANY = Symbol('?')
type Token = string | typeof STAR | typeof ANY

export type TextPredicate = (text: string) => boolean

/** The whole text matches. Plain texts, `x*`, `*x` and `*x*` become plain comparisons. */
export function compileGlob(pattern: Pattern): TextPredicate {
  const tokens = tokenize(pattern)
  const first = tokens[0] === STAR
  const last = tokens.at(-1) === STAR
  const inner = tokens.slice(first ? 1 : 0, last && tokens.length > 1 ? -1 : undefined)
  if (inner.every((token) => typeof token === 'string')) {
    const literal = inner.join('')
    if (first && (last || literal === '')) return (text) => text.includes(literal)
    if (first) return (text) => text.endsWith(literal)
    if (last) return (text) => text.startsWith(literal)
    return (text) => text === literal
  }
  return (text) => matches(tokens, text)
}

/** The one text it matches, where it has no `*` and no `?`. */
export function literalOf(pattern: Pattern): string | undefined {
  const tokens = tokenize(pattern)
  return tokens.every((token) => typeof token === 'string') ? tokens.join('') : undefined
}

/** The pattern that matches this text only. */
export function escapeGlob(text: string): Pattern {
  return text.replaceAll(/[\\*?"]/g, String.raw`\$&`)
}

/** Runs of stars count as one. */
function tokenize(pattern: Pattern): readonly Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!
    if (char === '\\' && at + 1 < pattern.length) tokens.push(pattern[++at]!)
    else if (char === '?') tokens.push(ANY)
    else if (char !== '*') tokens.push(char)
    else if (tokens.at(-1) !== STAR) tokens.push(STAR)
  }
  return tokens
}

/** Greedy: on a mismatch the latest star takes one character more; earlier stars never need to. */
function matches(tokens: readonly Token[], text: string): boolean {
  let token = 0
  let at = 0
  let star = -1
  let starAt = 0
  while (at < text.length) {
    const wanted = tokens[token]
    if (wanted === STAR) {
      star = token++
      starAt = at
    } else if (wanted === ANY || wanted === text[at]) {
      token++
      at++
    } else if (star >= 0) {
      token = star + 1
      at = ++starAt
    } else {
      return false
    }
  }
  while (tokens[token] === STAR) token++
  return token === tokens.length
}
