import { compileFilter } from '../filter/compile.ts'
import { parseFilter } from '../filter/parse.ts'
import { renderError } from '../filter/render-error.ts'
import type { Entry } from '../model/entry.ts'
import { AuditorError } from '../model/errors.ts'

/**
 * A filter given on the command line; `undefined` for an empty one.
 *
 * @throws AuditorError `usage` with the text and a caret under the mistake
 */
export function filterArgument(text: string): ((entry: Entry) => boolean) | undefined {
  if (text.trim() === '') return undefined
  const parsed = parseFilter(text)
  if ('error' in parsed) throw new AuditorError('usage', renderError(text, parsed.error))
  return compileFilter(parsed.filter)
}
