import { REDACTED } from '../model/secret-texts.ts'
import type { Redactor } from '../model/redaction.ts'

/**
 * An inspect answer that may be kept (P11): environment variables by name only, secrets in command
 * lines, labels, URLs and anything else redacted. Its shape stays, so that facts can be read from it.
 */
export function redactInspect(answer: unknown, redactor: Redactor): unknown {
  return clean('', answer, redactor)
}

function clean(name: string, value: unknown, redactor: Redactor): unknown {
  if (typeof value === 'string') return redactor.value(name, value)
  if (Array.isArray(value)) {
    if (name === 'Env') return value.map((each) => envName(String(each)))
    return value.every((each) => typeof each === 'string')
      ? redactor.command(value)
      : value.map((each) => clean('', each, redactor))
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, clean(key, inner, redactor)]),
  )
}

function envName(variable: string): string {
  const equals = variable.indexOf('=')
  return equals < 0 ? variable : `${variable.slice(0, equals)}=${REDACTED}`
}
