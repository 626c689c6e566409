import { closest } from '../model/did-you-mean.ts'

/** What stands for a secret wherever settings are shown. */
export const MASK = '***'

/**
 * The password in `//user:password@host`. Taken up to the last `@`, so that a password with signs
 * that should have been percent-encoded is hidden whole; a port before a path is no password.
 */
const USER_INFO = /\/\/([^:@/?#\s]*):(?!\d*(?:[/?#\s]|$))\S*@/g
const QUERY_VALUE = /([?&])([^=&#\s]+)=([^&#\s]*)/g
/** Whoever knows the path of a webhook can post there. */
const WEBHOOK_PATH = /(webhook\+https?:\/\/[^/?#\s]*)\/[^?#\s]+/gi
const SECRET_NAME = /pass|secret|token|api[-_.]?key|credential|auth|signature|^sig$/i

/** What a mistyped name may have meant. */
const SECRET_WORDS = ['password', 'token', 'secret', 'apiKey', 'credential', 'signature']

/** Whether an option of this name holds a secret, judged by the name alone, also a mistyped one. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name) || closest(name, SECRET_WORDS) !== undefined
}

/**
 * A URI, or any text with URIs in it, that may be shown: without the passwords of user infos and
 * without the values of query options that look secret.
 */
export function maskUri(text: string): string {
  return text
    .replaceAll(USER_INFO, `//$1:${MASK}@`)
    .replaceAll(WEBHOOK_PATH, `$1/${MASK}`)
    .replaceAll(QUERY_VALUE, (whole, sign: string, name: string) =>
      isSecretName(name) ? `${sign}${name}=${MASK}` : whole,
    )
}
