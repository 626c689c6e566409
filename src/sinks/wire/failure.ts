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
  return excerpt(error.message) + cureOfCertificate(error)
}

/** What to set where a server's certificate is not trusted. */
function cureOfCertificate(error: Error): string {
  const said = `${'code' in error ? String(error.code) : ''} ${error.message}`
  if (/ALTNAME/.test(said)) return ' (write the host as its certificate names it)'
  if (/SELF_SIGNED|UNABLE_TO_|CERT_UNTRUSTED/.test(said))
    return ' (set ca to the authority of its certificate)'
  return ''
}
