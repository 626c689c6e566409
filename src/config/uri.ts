import { AuditorError } from '../model/errors.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import { interpolate, type Environment } from './interpolate.ts'
import type { SinkDeclaration, UriHost, UriParts } from './option-declaration.ts'
import { putOption } from './put-option.ts'
import { sinkName } from './sink-name.ts'

/** What a sink URI says; the options' values are still unchecked. */
export interface SinkUri {
  readonly kind: string
  /** From `name=`, else made of kind, host, port and path: see `sinkName`. */
  readonly name: string
  /** Whether the name was given by `name=`. */
  readonly named: boolean
  readonly options: { readonly [option: string]: unknown }
}

const URI = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(#[^]*)?$/i
const AUTHORITY = /^(?:([^]*)@)?([^]*)$/
const HOST = /^(\[[^\]]*\]|[^:]*)(?::([^]*))?$/
/** Stand in for `${...}` while the text is taken apart: what they hold must not move the seams. */
const PLACEHOLDERS = 0xe000

/**
 * `logstash+tls://logs:5959?ca=/ca.pem`, `elastic:`, `file:///var/log/a.ndjson?rotate=100MiB`.
 * Query names are option names; a dot leads into a group (`apiKey.file=/run/secrets/key`), a repeated
 * name makes a list. Percent-encoding and `${VAR}` are resolved in each part by itself, so a
 * variable's value may hold any sign.
 *
 * @throws AuditorError `config-invalid`; the message holds no secret
 */
export function parseSinkUri(
  text: string,
  kinds: readonly SinkDeclaration[],
  environment: Environment,
): SinkUri {
  const { hidden, reveal } = hideReferences(text.trim(), environment)
  const match = URI.exec(hidden)
  if (match === null)
    throw invalid('expected a sink URI such as logstash://host:5959 or file:///var/log/a.ndjson')
  const [, scheme = '', authority, path = '', query, fragment] = match
  const declaration = kindOf(scheme.toLowerCase(), kinds)
  if (fragment !== undefined) throw invalid('a sink URI has no fragment: write %23 for "#"')
  const parts = partsOf(scheme.toLowerCase(), authority, path, reveal)
  const options: { [option: string]: unknown } = {}
  for (const [option, value] of Object.entries(optionsOf(parts, declaration)))
    if (value !== undefined) options[option] = value
  const name = readQuery(query ?? '', declaration, options, reveal)
  return {
    kind: declaration.kind,
    name:
      name ??
      sinkName(
        declaration.kind,
        declaration.hasSecretPath === true ? { ...parts, path: '' } : parts,
      ),
    named: name !== undefined,
    options,
  }
}

function kindOf(scheme: string, kinds: readonly SinkDeclaration[]): SinkDeclaration {
  const found = kinds.find(({ schemes }) => schemes.includes(scheme))
  if (found !== undefined) return found
  const known = kinds.flatMap(({ schemes }) => schemes)
  throw invalid(
    `unknown kind of sink "${scheme}:"${didYouMean(scheme, known)} (known: ${known.join(', ')})`,
  )
}

/** A part the kind never looks at is refused: `file://var/log` has a host and means none. */
function optionsOf(parts: UriParts, declaration: SinkDeclaration) {
  const unread = new Set<string>(['host', 'port', 'moreHosts', 'username', 'password'])
  if (parts.path !== '' && parts.path !== '/') unread.add('path')
  const watched = new Proxy(parts, {
    get(target, name) {
      unread.delete(String(name))
      return Reflect.get(target, name) as unknown
    },
  })
  const options = declaration.fromUri(watched)
  const extra = [...unread].find((name) => Object.hasOwn(parts, name))
  if (extra === undefined) return options
  if (extra === 'moreHosts') throw invalid(`a ${declaration.kind} URI has one host, not several`)
  const cure = extra === 'host' ? ', and what follows "//" is one: a path begins with "///"' : ''
  throw invalid(`a ${declaration.kind} URI has no ${extra}${cure}`)
}

type Reveal = (text: string, what: string) => string

function partsOf(
  scheme: string,
  authority: string | undefined,
  path: string,
  reveal: Reveal,
): UriParts {
  const [, userInfo, hosts = ''] = AUTHORITY.exec(authority ?? '')!
  const [first, ...more] = hosts.split(',').map((text) => hostOf(text, reveal))
  if (more.some(({ host }) => host === '') || (more.length > 0 && first!.host === ''))
    throw invalid('a host is missing beside a comma')
  const colon = userInfo?.indexOf(':') ?? -1
  const username = colon < 0 ? userInfo : userInfo!.slice(0, colon)
  const password = colon < 0 ? undefined : userInfo!.slice(colon + 1)
  return {
    scheme,
    ...(first!.host === '' ? {} : { host: first!.host }),
    ...(first!.port === undefined ? {} : { port: first!.port }),
    ...(more.length === 0 ? {} : { moreHosts: more }),
    ...(username === undefined ? {} : { username: reveal(username, 'user') }),
    ...(password === undefined ? {} : { password: reveal(password, 'password') }),
    path: reveal(path, 'path'),
  }
}

function hostOf(text: string, reveal: Reveal): UriHost {
  const match = HOST.exec(text)
  if (match === null) throw invalid('the host is unreadable: [IPv6]:port or host:port')
  const [, rawHost = '', rawPort = ''] = match
  const host = reveal(rawHost, 'host').replace(/^\[([^\]]*)\]$/, '$1')
  if (/[\s/?#@\\[\]\p{Cc}]/u.test(host)) throw invalid('the host has signs no host may have')
  return { host, ...(rawPort === '' ? {} : { port: portOf(reveal(rawPort, 'port')) }) }
}

/** The text is not repeated: in `user:secret/x@host` it would be the beginning of a password. */
function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return port
  throw invalid(
    'expected a port from 1 to 65535 after the host (in a password, "/" is written %2F, "@" %40, "?" %3F)',
  )
}

/** Puts the query into `options`; answers the value of `name`. */
function readQuery(
  query: string,
  { kind, options: declared }: SinkDeclaration,
  options: { [option: string]: unknown },
  reveal: Reveal,
): string | undefined {
  const fromParts = new Set(Object.keys(options))
  let name: string | undefined
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const [rawKey = '', ...rest] = pair.split('=')
    const key = reveal(rawKey, 'name of an option')
    if (rest.length === 0) throw invalid(`the option "${key}" has no value: ${key}=...`)
    const value = reveal(rest.join('=').replaceAll('+', ' '), `option ${key}`)
    const [option = '', ...inner] = key.split('.')
    if (option === 'name' && inner.length === 0) {
      name = value
      continue
    }
    const known = Object.keys(declared.shape)
    if (!Object.hasOwn(declared.shape, option))
      throw invalid(
        `${kind} has no option "${key}"${didYouMean(key, known)} (known: ${known.join(', ')})`,
      )
    if (fromParts.has(option))
      throw invalid(`${option} is said twice: before the "?" and by the option ${key}`)
    putOption(options, [option, ...inner], value)
  }
  return name
}

function hideReferences(
  text: string,
  environment: Environment,
): { readonly hidden: string; readonly reveal: Reveal } {
  if (/[\uE000-\uF8FF]/.test(text)) throw invalid('the URI has private-use characters')
  const values: string[] = []
  const hidden = text.replaceAll(/\$\$|\$\{[^}]*\}?/g, (reference) => {
    values.push(interpolate(reference, environment))
    return String.fromCharCode(PLACEHOLDERS + values.length - 1)
  })
  const reveal: Reveal = (part, what) =>
    decoded(part, what).replaceAll(
      /[\uE000-\uF8FF]/g,
      (char) => values[char.charCodeAt(0) - PLACEHOLDERS] ?? '',
    )
  return { hidden, reveal }
}

/** A "%" that encodes nothing stands for itself, as in `file:///log/%Y-%m-%d.ndjson`. */
function decoded(part: string, what: string): string {
  try {
    return decodeURIComponent(part.replaceAll(/%(?![0-9a-f]{2})/gi, '%25'))
  } catch (error) {
    throw new AuditorError(
      'config-invalid',
      `the percent-encoding in the ${what} is no UTF-8 text ("%" itself is written %25)`,
      { cause: error },
    )
  }
}

function invalid(message: string): AuditorError {
  return new AuditorError('config-invalid', message)
}
