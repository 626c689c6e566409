import type { Excerpt } from '../wire/excerpt.ts'
import { parsedJson } from '../wire/json.ts'

interface ErrorAnswer {
  readonly error?: { readonly type?: unknown; readonly reason?: unknown } | null
}

/** What an answer says is wrong: the type and reason of Elasticsearch's error, else its head. */
export function saidBy(text: string, excerpt: Excerpt): string {
  const { type, reason } = errorIn(text)
  if (typeof type !== 'string' || typeof reason !== 'string') return excerpt(text)
  return excerpt(`${type}: ${reason}`)
}

/** The error of an answer; empty where it is none of Elasticsearch's. */
export function errorIn(text: string): { readonly type?: unknown; readonly reason?: unknown } {
  return (parsedJson(text) as ErrorAnswer | null | undefined)?.error ?? {}
}
