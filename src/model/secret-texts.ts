import { isHarmlessValue, isSecretName } from './secret-names.ts'

/** What stands where a secret stood. */
export const REDACTED = '[redacted]'

/** Stands between the arguments of a command that are looked at as one text; a blank to the rules. */
export const ARGUMENT_END = '\u2028'

type Rule = (text: string) => string

/**
 * A value up to the next blank, or the whole quotation, also an escaped one or one that is cut off.
 * A quote inside a word belongs to it.
 */
const VALUE = [
  String.raw`\\+"(?:[^"\\]|\\[^"\\])*(?:\\+"|\\*$)`,
  String.raw`"(?:\\.|[^"\\])*(?:"|\\?$)`,
  String.raw`'[^']*(?:'|$)`,
  String.raw`(?:\\\s|[^\s"']|(?<=\w)["'](?=[^\s"';|&),}\]]))+`,
].join('|')
const BLANK = String.raw`\s+`
/** The beginning of a word, so that a long one is looked at once. */
const WORD = String.raw`(?<![\w.-])`

/** Most specific first; each finds nothing new in its own output. */
const rules: readonly Rule[] = [
  // -----BEGIN PRIVATE KEY----- ..., also when it is cut off
  all(
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[^]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
  ),
  // tokens known by their shape
  all(
    /\b(?:(?:AKIA|ASIA)[0-9A-Z]{16}\b|gh[pousr]_\w{20,}|github_pat_\w{20,}|npm_\w{30,}|[rs]k_(?:live|test)_\w{10,})/g,
  ),
  all(
    new RegExp(
      String.raw`(?<![\w-])(?:${[
        String.raw`eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?`,
        String.raw`glpat-[\w-]{16,}|xox[a-z]-[\w-]{8,}|xapp-[\w-]{16,}|sk-(?=[\w-]*\d)[\w-]{16,}`,
        String.raw`AIza[\w-]{30,}|ya29\.[\w-]{16,}|pypi-[\w-]{30,}|dckr_pat_[\w-]{20,}`,
        String.raw`hv[sb]\.[\w-]{20,}|SG\.[\w-]{16,}\.[\w-]{16,}|AGE-SECRET-KEY-1\w{20,}`,
        String.raw`\d{8,10}:AA[\w-]{30,}`,
      ].join('|')})`,
      'g',
    ),
  ),
  after(/(hooks\.slack\.com\/services\/|discord(?:app)?\.com\/api\/webhooks\/)[^\s"']+/g),
  // password hashes of crypt, bcrypt, argon2
  all(/\$(?:apr1|[156]|2[abxy]|y|argon2(?:id|i|d))\$[^\s"',:]{16,}/g),
  // scheme://user:password@host
  (text) => text.replace(/(?<=:\/\/)[^\s/?#"'@]*:[^\s/?#"']*(?=@)/g, REDACTED),
  after(/(:\/\/[^\s/?#"'@:]{0,200}:)(?!\d{1,5}$)[^\s/?#"'@]+$/g), // the same, cut off
  // Authorization: Bearer x, Cookie: x
  (text) =>
    text.replace(
      /(\bauthorization["']?\s*[:=]\s*["']?(?:(?:basic|bearer|token|digest|negotiate|apikey|aws4\S*)\s+)?)[^\s"']+/gi,
      `$1${REDACTED}`,
    ),
  (text) => text.replace(/(\b(?:set-)?cookie:\s*)[^"'\u2028]+/gi, `$1${REDACTED}`),
  (text) => text.replace(/(\bbearer\s+)(?=\S{0,200}\d)[\w.~+/=-]{8,}/gi, `$1${REDACTED}`),
  quotedMembers,
  // NAME=value, --name=value
  named(new RegExp(String.raw`(${WORD}([\w.-]{1,200})["'\]]?=)(${VALUE})`, 'g')),
  // name: value, as in YAML and HTTP; image:tag is none
  named(new RegExp(String.raw`(${WORD}([\w.-]{1,200}):[ \t]+)(${VALUE})`, 'g')),
  named(new RegExp(String.raw`(${WORD}(x-[\w-]{1,100}|pass|password|passwd):)(${VALUE})`, 'gi')),
  // --name value, set name value
  named(
    new RegExp(
      String.raw`((?:(?<![^\s"'])--?|\bset${BLANK})([\w.-]{1,200})${BLANK})(?!-)(${VALUE})`,
      'gi',
    ),
  ),
  // SQL
  quoted(/(\b(?:identified\s+by|password)\s+)(["'])((?:(?!\2)[^]){1,1000})\2/gi),
  // options that mean a password to one program only
  ...[
    String.raw`\b(?:mysql|mariadb)[\w-]*\b[^|;]{0,500}?\s-p(?=\S)`,
    String.raw`\bsshpass${BLANK}-p\s*`,
    String.raw`\bdocker${BLANK}login\b[^|;]{0,500}?\s-p\s+`,
    String.raw`\bredis-cli\b[^|;]{0,500}?\s-a\s+`,
    String.raw`\bmongo\w*\b[^|;]{0,500}?\s-p\s+`,
    String.raw`\bldap\w+\b[^|;]{0,500}?\s-w\s+`,
    String.raw`\b(?:curl|wget)\b[^|;]{0,500}?\s(?:-u|--user|--proxy-user)[\s=]*[^\s:"']{0,200}:`,
    String.raw`\bhtpasswd${BLANK}-\w*b\w*${BLANK}\S+${BLANK}[^\s]+${BLANK}`,
  ].map((head) => after(new RegExp(`(${head})(?:${VALUE})`, 'gi'))),
  // echo user:password | chpasswd, echo blob | base64 -d
  (text) =>
    text.replace(
      /(?<![^\s"'])[^\s"']+(?=["']?\s*\|\s*(?:sudo\s+)?(?:chpasswd|base64\s+(?:-d|-D|--decode)))/g,
      REDACTED,
    ),
]

/**
 * The text without what looks like a secret: private keys, known token shapes, user info of URLs,
 * authorization headers, values of secret-looking names and options. What can't be told from an
 * ordinary word (a bare password as a positional argument) is not found.
 */
export function withoutSecrets(text: string): string {
  let result = text
  for (const rule of rules) result = rule(result)
  return result
}

/** True where `withoutSecrets` might find something; never false where it would. */
export function mayHoldSecrets(text: string): boolean {
  return QUICK.test(text)
}

const QUICK = new RegExp(
  [
    'pass|secret|token(?![a-z])|credential|signature|connection.?string|key|authorization|cookie',
    '(?:pwd|pw|jwt|psk|sig|sas|_auth)(?![a-z])|basicauth|masterauth|bearer|identified',
    String.raw`://[^\s/]*(?:@|:[^\s/]+$)|eyJ|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|\bxox|\bxapp-|\b[sr]k[-_]`,
    String.raw`AIza|ya29\.|npm_|pypi-|dckr_pat_|\bhv[sb]\.|\bSG\.|:AA|hooks\.slack|webhooks|\$(?:[156y2a])`,
    'mysql|mariadb|login|redis-cli|mongo|ldap|curl|wget|base64',
  ].join('|'),
  'i',
)

/** `"name": "value"`, with the backslashes of a text in a text; the end of the text ends it too. */
function quotedMembers(text: string): string {
  let result = ''
  let copied = 0
  for (const match of text.matchAll(/(?<!\\)(\\*["'])([\w.-]{1,200})\1\s*:\s*\1/g)) {
    const start = match.index + match[0].length
    if (start < copied || !isSecretName(match[2]!)) continue
    let end = start
    while (end < text.length && !text.startsWith(match[1]!, end)) end += text[end] === '\\' ? 2 : 1
    if (!hides(match[2]!, text.slice(start, end))) continue
    result += text.slice(copied, start) + REDACTED
    copied = end
  }
  return result + text.slice(copied)
}

function hides(name: string, value: string): boolean {
  if (value.startsWith(REDACTED)) return false // it was hidden before
  return isSecretName(name) && !isHarmlessValue(value.replace(/^["']|["']$/g, ''))
}

function all(pattern: RegExp): Rule {
  return (text) => text.replace(pattern, REDACTED)
}

/** Keeps the first group, and what was hidden before. */
function after(pattern: RegExp): Rule {
  return (text) =>
    text.replace(pattern, (found, head: string) =>
      found.startsWith(REDACTED, head.length) ? found : head + REDACTED,
    )
}

/** Groups: what is kept, the name in it, the value. */
function named(pattern: RegExp): Rule {
  return (text) =>
    text.replace(pattern, (found, head: string, name: string, value: string) =>
      hides(name, value) ? head + REDACTED : found,
    )
}

/** Groups: what is kept, the quote, the value. */
function quoted(pattern: RegExp): Rule {
  return (text) => text.replace(pattern, `$1$2${REDACTED}$2`)
}
