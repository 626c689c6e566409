import type { Excerpt } from '../wire/excerpt.ts'
import { parsedJson } from '../wire/json.ts'
import type { Answer } from './connection.ts'

interface ErrorAnswer {
  readonly error?: { readonly type?: unknown; readonly reason?: unknown } | null
}

/** What an answer says is wrong: the type and reason of Elasticsearch's error, else its head. */
function saidBy(text: string, excerpt: Excerpt): string {
  const { type, reason } = errorIn(text)
  if (typeof type !== 'string' || typeof reason !== 'string') return excerpt(text)
  return excerpt(`${type}: ${reason}`)
}

/** The error of an answer; empty where it is none of Elasticsearch's. */
export function errorIn(text: string): { readonly type?: unknown; readonly reason?: unknown } {
  return (parsedJson(text) as ErrorAnswer | null | undefined)?.error ?? {}
}

/**
 * An answer that is no success, in one sentence: who answered what, the cure, and what it said.
 *
 * @param cure for an answer of Elasticsearch's, in brackets with a blank before; may be empty
 */
export function complaint(answer: Answer, to: string, cure: string, excerpt: Excerpt): string {
  const { status, text, location, isForeign = false } = answer
  const who = isForeign ? 'what is no Elasticsearch' : 'Elasticsearch'
  const shown =
    status >= 300 && status < 400
      ? ` (redirects are not followed; set urls to ${excerpt(location ?? 'where it leads')})`
      : isForeign && status < 500
        ? ' (is this the address of Elasticsearch?)'
        : isForeign
          ? ' (a proxy before it?)'
          : cure
  const said = saidBy(text, excerpt)
  return `${who} answered ${status}${to}${shown}${said === '' ? '' : `: ${said}`}`
}
