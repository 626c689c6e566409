import { actionName } from '../model/docker-event.ts'
import { textOf } from '../model/entry-codec.ts'
import { wholeNumber } from '../model/life-end.ts'
import { signalNumber } from '../model/signals.ts'
import { digestIn } from './event-fields.ts'
import { compileGlob, type TextPredicate } from './glob.ts'

interface Database {
  function(
    name: string,
    options: {
      readonly deterministic: boolean
      readonly directOnly: boolean
      readonly varargs: boolean
    },
    call: (...values: unknown[]) => string | number | null,
  ): void
}

/** How many patterns are kept compiled. */
const PATTERNS = 64

/**
 * Makes what conditions of `sqlOf` call; of what is no text the answer is NULL. SQLite's own GLOB has
 * other rules: classes in brackets, no backslash, a character and not a UTF-16 unit for `?`, and an end
 * at the first NUL.
 */
export function registerFilterFunctions(db: Database): void {
  const compiled = new Map<string, TextPredicate>()

  function globOf(pattern: string): TextPredicate {
    let matches = compiled.get(pattern)
    if (matches === undefined) {
      if (compiled.size >= PATTERNS) compiled.clear()
      matches = compileGlob(pattern)
      compiled.set(pattern, matches)
    }
    return matches
  }

  function define(name: string, call: (...texts: string[]) => string | number | undefined): void {
    const options = { deterministic: true, directOnly: true, varargs: true }
    db.function(name, options, (...values) =>
      values.every((value) => typeof value === 'string') ? (call(...values) ?? null) : null,
    )
  }

  define('filter_glob', (pattern = '', text = '') => Number(globOf(pattern)(text)))
  // An attribute's value as `decodeEntry` has it, from its JSON.
  define('filter_text', (json = '') => textOf(JSON.parse(json)))
  define('filter_action', (text = '') => actionName(text))
  define('filter_digest', (id = '') => digestIn(id)[0])
  define('filter_integer', (text) => wholeNumber(text))
  define('filter_signal', (text = '') => signalNumber(text))
}
