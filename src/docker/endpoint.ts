import { join } from 'node:path'
import { AuditorError } from '../model/errors.ts'
import { tlsFiles, type TlsFiles } from './tls-files.ts'

/** Where an engine listens. `url` is for people: it never holds user info. */
export type Endpoint = UnixEndpoint | TcpEndpoint | SshEndpoint

interface UnixEndpoint {
  readonly kind: 'unix'
  readonly url: string
  readonly path: string
}

interface TcpEndpoint {
  readonly kind: 'tcp'
  readonly url: string
  readonly host: string
  readonly port: number
  /** Put before every path; `/` where there is none. */
  readonly pathPrefix: string
  /** With TLS. The server's certificate is always verified. */
  readonly tls?: TlsFiles
}

/** Spoken through `ssh ... docker system dial-stdio`, as the docker client does. */
export interface SshEndpoint {
  readonly kind: 'ssh'
  readonly url: string
  readonly host: string
  readonly port?: number
  readonly user?: string
}

/** What resolving reads of its surroundings. */
export interface Surroundings {
  readonly env: { readonly [name: string]: string | undefined }
  /** The user's home directory. */
  readonly home: string
  readonly exists: (path: string) => boolean
}

const DEFAULT_SOCKET = '/var/run/docker.sock'
/** `sun_path` on Linux, without its closing zero. */
const MAX_SOCKET_PATH = 107

/**
 * The engine's endpoint: the URL that was given, else `DOCKER_HOST`, else the first socket that
 * exists among Docker's usual places; where none does, `/var/run/docker.sock`, which is waited for.
 * `DOCKER_TLS_VERIFY` (not empty) turns `tcp://` into TLS, with the files of `DOCKER_CERT_PATH` or
 * `~/.docker`, as in the docker client.
 *
 * @param given a URL or the path of a socket
 * @throws AuditorError `config-invalid`, naming the setting and the cure
 */
export function resolveEndpoint(given: string | undefined, around: Surroundings): Endpoint {
  if (given !== undefined && given !== '') return parseEndpoint(given, '--docker', around)
  const fromEnv = around.env['DOCKER_HOST']
  if (fromEnv !== undefined && fromEnv !== '') {
    return parseEndpoint(fromEnv, 'DOCKER_HOST', around)
  }
  const found = usualSockets(around).find((path) => around.exists(path))
  return unixEndpoint(found ?? DEFAULT_SOCKET, 'the default socket')
}

function usualSockets({ env, home }: Surroundings): string[] {
  const runtime = env['XDG_RUNTIME_DIR']
  return [
    DEFAULT_SOCKET,
    '/tmp/docker.sock',
    ...(runtime === undefined || runtime === '' ? [] : [join(runtime, 'docker.sock')]),
    join(home, '.docker/run/docker.sock'),
  ]
}

function parseEndpoint(given: string, setting: string, around: Surroundings): Endpoint {
  if (/^[./~]/.test(given)) return unixEndpoint(given.replace(/^~(?=\/)/, around.home), setting)
  if (given.startsWith('unix://')) {
    return unixEndpoint(given.slice('unix://'.length) || DEFAULT_SOCKET, setting)
  }
  const url = parseUrl(given.includes('://') ? given : `tcp://${given}`, setting)
  switch (url.protocol) {
    case 'tcp:':
      return tcpEndpoint(url, (around.env['DOCKER_TLS_VERIFY'] ?? '') !== '', setting, around)
    case 'http:':
      return tcpEndpoint(url, false, setting, around)
    case 'tcp+tls:':
    case 'https:':
      return tcpEndpoint(url, true, setting, around)
    case 'ssh:':
      return sshEndpoint(url, setting)
    default:
      throw invalid(
        setting,
        `the scheme ${url.protocol}// is not known; use unix://, tcp://, tcp+tls://, http://, https:// or ssh://`,
      )
  }
}

function unixEndpoint(path: string, setting: string): UnixEndpoint {
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH) {
    throw invalid(
      setting,
      `the socket's path has more than ${MAX_SOCKET_PATH} bytes, which the system can't open; use a shorter one, for example by a symbolic link`,
    )
  }
  return { kind: 'unix', url: `unix://${path}`, path }
}

function tcpEndpoint(
  url: URL,
  secure: boolean,
  setting: string,
  around: Surroundings,
): TcpEndpoint {
  if (url.username !== '' || url.password !== '') {
    throw invalid(setting, 'user and password are not supported here; use TLS or ssh://')
  }
  const host = bare(url.hostname) || '127.0.0.1'
  const port = url.port === '' ? usualPort(url.protocol, secure) : Number(url.port)
  const pathPrefix = url.pathname === '' ? '/' : url.pathname
  const shown = `${url.protocol}//${url.hostname || host}:${port}${pathPrefix.replace(/\/$/, '')}`
  const tls = secure ? tlsFiles(around) : undefined
  return {
    kind: 'tcp',
    url: shown,
    host,
    port,
    pathPrefix,
    ...(tls === undefined ? {} : { tls }),
  }
}

function usualPort(protocol: string, secure: boolean): number {
  if (protocol === 'http:') return 80
  if (protocol === 'https:') return 443
  return secure ? 2376 : 2375
}

function sshEndpoint(url: URL, setting: string): SshEndpoint {
  if (url.password !== '') {
    throw invalid(setting, 'a password in an ssh:// URL is not supported; use a key or ssh-agent')
  }
  if (url.hostname === '') throw invalid(setting, 'ssh:// needs a host: ssh://user@host')
  if (url.pathname !== '' && url.pathname !== '/') {
    throw invalid(setting, 'a path after the host is not supported with ssh://; remove it')
  }
  const user = decodeURIComponent(url.username)
  const host = bare(url.hostname)
  if (user.startsWith('-') || host.startsWith('-')) {
    throw invalid(setting, 'user and host of an ssh:// URL must not begin with a dash')
  }
  return {
    kind: 'ssh',
    url: `ssh://${url.host}`,
    host,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(user === '' ? {} : { user }),
  }
}

/** An IPv6 address without its brackets. */
const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1')

function parseUrl(given: string, setting: string): URL {
  const url = URL.parse(given.replace(/^(tcp(?:\+tls)?:\/\/)(?=:)/, '$1127.0.0.1'))
  if (url === null) {
    throw invalid(
      setting,
      'this is no URL of an engine; use for example unix:///var/run/docker.sock or tcp://host:2375',
    )
  }
  return url
}

function invalid(setting: string, message: string): AuditorError {
  return new AuditorError('config-invalid', `${setting}: ${message}`)
}
