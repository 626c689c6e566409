const UNRELATED = /bypass|compass|trespass|surpass|overpass|underpass|secretar|^(?:old)?pwd$/

const SECRET = new RegExp(
  [
    'passw(?:or)?d|passphrase|passwort|pass(?=$|[^a-z])|requirepass|credential|secret|masterauth',
    'token(?=$|[^a-z])|signature|connection[^a-z0-9]?string|basicauth',
    '(?:api|access|private|secret|account|encryption|signing|master|auth|licen[cs]e|session|ssh)[^a-z0-9]?key',
    '(?:^|[^a-z])(?:pwd|pw|jwt|psk|sig|sas|apikey)(?=$|[^a-z])',
    '_auth$',
  ].join('|'),
)

/** `POSTGRES_PASSWORD_FILE` and its like speak of a secret and hold none. */
const ABOUT_IT = new RegExp(
  `(?:^|[^a-z])(?:${[
    'file|path|dir|directory|mount|stdin|url|uri|host|port|endpoint|header|field|param|prompt',
    'name|names|id|ids|type|kind|mode|policy|class|version|format|algorithm|enabled|disabled|required',
    'length|len|size|count|limit|min|max|ttl|expiry|expires|expiration|lifetime|timeout|interval|rotation',
  ].join('|')})$`,
)

/** Values that are no secret under any name. */
const HARMLESS_VALUE = /^(?:|true|false|yes|no|on|off|none|null|nil|undefined|\[redacted\])$/i

/** Whether something of this name is a secret: `MYSQL_ROOT_PASSWORD`, `dbPass`, `x-api-key`. */
export function isSecretName(name: string): boolean {
  const plain = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
  if (!SECRET.test(plain) || ABOUT_IT.test(plain)) return false
  return !UNRELATED.test(plain) || SECRET.test(plain.replace(UNRELATED, ''))
}

/** Whether this value can be shown although its name looks secret. */
export function isHarmlessValue(value: string): boolean {
  return HARMLESS_VALUE.test(value)
}
