import { asError } from '../../model/errors.ts'
import { headOf } from '../head-of.ts'
import { describeFailure } from '../wire/failure.ts'

/** What is known of a connection that failed. */
export interface Circumstances {
  readonly tls: boolean
  /** How far it came: its server has sent an ACK, or a sign of life, so it is a lumberjack server. */
  readonly reached: 'nothing' | 'connected' | 'answered'
}

/** What went wrong with a server, and what may cure it. */
export function failureOf(thrown: unknown, circumstances: Circumstances): string {
  return describeFailure(thrown, headOf) + cureOf(asError(thrown), circumstances)
}

function cureOf(error: Error, { tls, reached }: Circumstances): string {
  if (reached === 'answered') return ''
  const code = 'code' in error ? String(error.code) : ''
  const said = `${code} ${error.message}`
  const closed = /ECONNRESET|EPIPE|closed the connection/.test(said)
  if (!tls) return closed ? ' (is this a beats input? if it wants TLS, use beats+tls:)' : ''
  if (/ALERT_|alert/.test(said)) return ' (does it ask for a client certificate? set cert and key)'
  const noHandshake = reached === 'nothing' && closed
  if (noHandshake || /WRONG_VERSION|PACKET_LENGTH/.test(said))
    return ' (does it speak TLS at all? if not, use beats:)'
  return closed ? ' (is this a beats input? does it ask for a client certificate?)' : ''
}
