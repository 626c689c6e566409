import { AuditorError } from '../model/errors.ts'

export type Environment = Readonly<{ [name: string]: string | undefined }>

/** `$$`, or `${` with everything up to the next `}`. */
const REFERENCE = /\$\$|\$\{([^}]*)(\}?)/g
const INNER = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:-|:\?)([^]*))?$/

/**
 * `${VAR}`, `${VAR:-default}` (where VAR is unset or empty), `${VAR:?message}` (an error there) and
 * `$$` for a single `$`. Any other `$` stands for itself. What was put in is not looked at again.
 *
 * @throws AuditorError `config-invalid`, naming the variable; never with its value
 */
export function interpolate(text: string, environment: Environment): string {
  return text.replaceAll(REFERENCE, (whole, inner: string | undefined, end: string | undefined) => {
    if (inner === undefined) return '$'
    if (end === '') throw invalid('"${" is never closed ("$$" stands for a single "$")')
    return valueOf(whole, inner, environment)
  })
}

/** Whether `interpolate` would change the text or complain about it. */
export function hasReference(text: string): boolean {
  return text.search(REFERENCE) >= 0
}

function valueOf(whole: string, inner: string, environment: Environment): string {
  const match = INNER.exec(inner)
  if (match === null)
    throw invalid(`expected \${VAR}, \${VAR:-default} or \${VAR:?message}, got ${whole}`)
  const [, name = '', operator, rest = ''] = match
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined
  if (operator === undefined) {
    if (value !== undefined) return value
    throw invalid(`the variable ${name} is not set (\${${name}:-} stands for "may be empty")`)
  }
  if (value !== undefined && value !== '') return value
  if (operator === ':-') return rest
  throw invalid(`the variable ${name} is not set${rest === '' ? '' : `: ${rest}`}`)
}

function invalid(message: string): AuditorError {
  return new AuditorError('config-invalid', message)
}
