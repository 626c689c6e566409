import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resolveEndpoint, type Endpoint } from '../../../src/docker/endpoint.ts'

const home = '/home/me'

function resolve(
  given: string | undefined,
  env: { readonly [name: string]: string } = {},
  files: readonly string[] = [],
): Endpoint {
  return resolveEndpoint(given, { env, home, exists: (path) => files.includes(path) })
}

const socket = (path: string): Endpoint => ({ kind: 'unix', path, url: `unix://${path}` })

test('without a setting: the first usual socket that exists', () => {
  const env = { XDG_RUNTIME_DIR: '/run/user/1' }
  const usual = ['/var/run/docker.sock', '/tmp/docker.sock', '/run/user/1/docker.sock']
  usual.push('/home/me/.docker/run/docker.sock')
  for (const [at, path] of usual.entries()) {
    assert.deepEqual(resolve(undefined, env, usual.slice(at)), socket(path))
  }
  assert.deepEqual(resolve(undefined), socket('/var/run/docker.sock'))
  assert.deepEqual(resolve('', { DOCKER_HOST: '' }), socket('/var/run/docker.sock'))
})

test('what was given wins over DOCKER_HOST, that over the sockets', () => {
  const env = { DOCKER_HOST: 'tcp://there:1' }
  assert.equal(resolve('/x.sock', env).url, 'unix:///x.sock')
  assert.equal(resolve(undefined, env, ['/var/run/docker.sock']).url, 'tcp://there:1')
})

test('paths and unix URLs', () => {
  assert.deepEqual(resolve('unix:///a/b.sock'), socket('/a/b.sock'))
  assert.deepEqual(resolve('unix://'), socket('/var/run/docker.sock'))
  assert.deepEqual(resolve('./b.sock'), socket('./b.sock'))
  assert.deepEqual(resolve('~/b.sock'), socket('/home/me/b.sock'))
})

test('tcp, http and their usual ports', () => {
  const plain = (url: string, host: string, port: number, pathPrefix = '/'): void =>
    assert.deepEqual(resolve(url), {
      kind: 'tcp',
      url: resolve(url).url,
      host,
      port,
      pathPrefix,
    })
  plain('tcp://h', 'h', 2375)
  plain('tcp://h:1', 'h', 1)
  plain('h:1', 'h', 1)
  plain('tcp://:1', '127.0.0.1', 1)
  plain('tcp://[::1]:2375', '::1', 2375)
  plain('http://h', 'h', 80)
  plain('http://h:81/engine', 'h', 81, '/engine')
  assert.equal(resolve('tcp://[::1]:2375').url, 'tcp://[::1]:2375')
  assert.equal(resolve('http://h/engine/').url, 'http://h:80/engine')
})

test('DOCKER_TLS_VERIFY turns tcp into TLS with the files of DOCKER_CERT_PATH or ~/.docker', () => {
  const files = (folder: string): string[] =>
    ['ca.pem', 'cert.pem', 'key.pem'].map((name) => `${folder}/${name}`)
  const tls = (folder: string): object => ({
    ca: `${folder}/ca.pem`,
    client: { cert: `${folder}/cert.pem`, key: `${folder}/key.pem` },
  })
  const env = { DOCKER_TLS_VERIFY: '1' }
  const there = { ...env, DOCKER_CERT_PATH: '/certs' }
  assert.deepEqual(resolve('tcp://h', there, files('/certs')), {
    kind: 'tcp',
    url: 'tcp://h:2376',
    host: 'h',
    port: 2376,
    pathPrefix: '/',
    tls: tls('/certs'),
  })
  const usual = resolve('tcp://h', env, files('/home/me/.docker'))
  assert.deepEqual(usual.kind === 'tcp' && usual.tls, tls('/home/me/.docker'))
  const off = resolve('tcp://h', { DOCKER_TLS_VERIFY: '', DOCKER_CERT_PATH: '/certs' })
  assert.equal(off.kind === 'tcp' && off.tls, undefined)
})

test('https and tcp+tls are TLS by themselves; without files the system is trusted', () => {
  const https = resolve('https://h')
  assert.deepEqual(https, {
    kind: 'tcp',
    url: 'https://h:443',
    host: 'h',
    port: 443,
    pathPrefix: '/',
    tls: {},
  })
  const secure = resolve('tcp+tls://h', { DOCKER_CERT_PATH: '/c' }, ['/c/ca.pem'])
  assert.deepEqual(secure.kind === 'tcp' && [secure.port, secure.tls], [2376, { ca: '/c/ca.pem' }])
})

test('ssh', () => {
  assert.deepEqual(resolve('ssh://me@h:2222'), {
    kind: 'ssh',
    url: 'ssh://h:2222',
    host: 'h',
    port: 2222,
    user: 'me',
  })
  assert.deepEqual(resolve('ssh://h'), { kind: 'ssh', url: 'ssh://h', host: 'h' })
})

test('errors name the setting and the cure, and never a password', () => {
  const wrong: readonly (readonly [Parameters<typeof resolve>, RegExp])[] = [
    [['ftp://h'], /^--docker: the scheme ftp:\/\/ is not known; use unix:/],
    [['npipe:////./pipe/docker_engine'], /npipe:\/\/ is not known/],
    [
      [undefined, { DOCKER_HOST: 'tcp://h:99999' }],
      /^DOCKER_HOST: this is no URL of an engine; use/,
    ],
    [[`/${'x'.repeat(120)}`], /^--docker: the socket's path has more than 107 bytes.*shorter/],
    [['tcp://me:hush@h'], /user and password are not supported here; use TLS/],
    [['ssh://me:hush@h'], /a password in an ssh.*use a key or ssh-agent/],
    [['ssh://-oProxyCommand=x'], /this is no URL|must not begin with a dash/],
    [['ssh://-l@h'], /must not begin with a dash/],
    [['ssh://h/path'], /a path after the host/],
    [
      ['tcp://h', { DOCKER_TLS_VERIFY: '1' }],
      /^DOCKER_TLS_VERIFY: \/home\/me\/.docker\/ca.pem does/,
    ],
    [
      ['https://h', { DOCKER_CERT_PATH: '/c' }],
      /^DOCKER_CERT_PATH: \/c\/ca.pem does not exist; put/,
    ],
    [
      ['https://h', { DOCKER_CERT_PATH: '/c' }, ['/c/ca.pem', '/c/cert.pem']],
      /^DOCKER_CERT_PATH: \/c\/cert.pem is there, but \/c\/key.pem is not/,
    ],
  ]
  for (const [args, message] of wrong) {
    assert.throws(
      () => resolve(...args),
      (error: Error & { code?: string }) => {
        assert.equal(error.code, 'config-invalid')
        assert.match(error.message, message)
        assert.doesNotMatch(error.message, /hush/)
        return true
      },
    )
  }
})
