import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import * as fc from 'fast-check'
import { parseSinkUri } from '../../../src/config/uri.ts'
import { maskUri } from '../../../src/config/mask.ts'
import { many, testKinds } from '../../support/declarations.ts'
import { runs } from '../../support/property.ts'

const read = (text: string, environment = {}) => parseSinkUri(text, testKinds, environment)
const refused = (text: string, why: RegExp, environment = {}) =>
  assert.throws(
    () => read(text, environment),
    (error: Error) => why.test(error.message),
    text,
  )

suite('sink URIs', () => {
  test('with and without host, port, path and options', () => {
    assert.deepEqual(read('search:'), { kind: 'search', name: 'search', named: false, options: {} })
    assert.deepEqual(read('search://').options, {})
    assert.deepEqual(read('SEARCH+HTTPS://es:9201/logs?batch=7&every=2s').options, {
      host: 'es',
      port: 9201,
      index: 'logs',
      tls: true,
      batch: '7',
      every: '2s',
    })
    assert.deepEqual(read('search://[::1]:9200').options, { host: '::1', port: 9200 })
    assert.deepEqual(read('lines:///var/log/a.ndjson?rotate=1MiB').options, {
      path: '/var/log/a.ndjson',
      rotate: '1MiB',
    })
    assert.deepEqual(read('lines:a.ndjson').options, { path: 'a.ndjson' })
    assert.equal(read('lines:///log/%Y-%m-%d%25%20x').options['path'], '/log/%Y-%m-%d% x')
  })

  test('percent-encoding, lists and groups', () => {
    assert.deepEqual(read('search://u%40x:p%2F%3A%3F@es?headers.X-A=a%26b+c').options, {
      host: 'es',
      username: 'u@x',
      password: 'p/:?',
      headers: { 'X-A': 'a&b c' },
    })
    assert.deepEqual(read('lines:///x?tag=a&tag=b&tag=c').options['tag'], ['a', 'b', 'c'])
    assert.deepEqual(read('search:?password.file=/run/secret').options, {
      password: { file: '/run/secret' },
    })
  })

  test('several hosts are for kinds that look at them', () => {
    refused('search://a,b:9200', /a search URI has one host, not several/)
    for (const gap of ['a,', ',a', 'a,,b', ':1,a'])
      refused(`search://${gap}`, /a host is missing beside a comma/)
    const uri = parseSinkUri('many://a:1,[::1]:2,${C}', [many], { C: 'c,d' })
    assert.equal(uri.name, 'many-a-1-1-2-c-d')
    assert.deepEqual(uri.options, { hosts: ['a:1', '::1:2', 'c,d'] })
  })

  test('variables may hold any sign', () => {
    const environment = { PW: 'p@ss/w?rd#1:&%41$$', PORT: '9201' }
    assert.deepEqual(
      read('search://me:${PW}@${HOST:-es}:${PORT}?filter=${F:-a=b&c}', environment).options,
      {
        host: 'es',
        port: 9201,
        username: 'me',
        password: environment.PW,
        filter: 'a=b&c',
      },
    )
    assert.equal(read('search://u:a$$b@h').options['password'], 'a$b')
    refused('search://u:${NOPE}@h', /the variable NOPE is not set/)
    refused('search://u:${PW:?ask Bob}@h', /the variable PW is not set: ask Bob/)
  })

  test('what is wrong is named, without secrets', () => {
    refused(
      'sarch://h',
      /unknown kind of sink "sarch:", did you mean "search"\? \(known: search, search\+https, lines\)/,
    )
    refused('search://h?bach=5', /search has no option "bach", did you mean "batch"\?/)
    refused('search://h:99999', /a port from 1 to 65535/)
    refused('search://h:0', /a port from 1 to 65535/)
    refused('search://h/x#top', /no fragment/)
    refused('search://h?batch', /has no value/)
    refused('search://h?host=x', /host is said twice/)
    refused('search://h?headers=1&headers.a=2', /both a value and parts/)
    refused('search://h/%ff', /percent-encoding in the path is no UTF-8/)
    refused('lines://var/log/x', /a lines URI has no host, .* a path begins with "\/\/\/"/)
    refused('just text', /expected a sink URI/)
    refused('search://a b', /signs no host may have/)
    for (const text of [
      'search://u:hunter2/x@h',
      'search://u:hunter2@h:x',
      'search://u:hunter2?@h?z=1',
    ])
      assert.throws(
        () => read(text),
        (error: Error) => !error.message.includes('hunter2'),
      )
  })

  test('names are made of what identifies the place, and of nothing else', () => {
    assert.equal(read('search://es:9201/logs?batch=5').name, 'search-es-9201-logs')
    assert.equal(read('search://u:p@es:9201/logs').name, 'search-es-9201-logs')
    assert.equal(read('lines:///var/log/a.ndjson').name, 'lines-var-log-a.ndjson')
    assert.deepEqual(
      [read('search://es?name=x').name, read('search://es?name=x').named],
      ['x', true],
    )
    const long = read(`lines:///${'long/'.repeat(30)}a`).name
    assert.equal(long.length, 64)
    assert.notEqual(long, read(`lines:///${'long/'.repeat(30)}b`).name)
  })

  test('any text is a URI or a refusal of this project', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'search',
        ':',
        '//',
        '@',
        '?',
        '&',
        '=',
        '#',
        '%',
        '${',
        '}',
        '[',
        '__proto__',
        '.',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        try {
          const { options } = read(`search:${pieces.join('')}`)
          assert.equal(Object.getPrototypeOf(options), Object.prototype)
        } catch (error) {
          assert.equal((error as { code?: unknown }).code, 'config-invalid')
        }
      }),
      runs(500),
    )
  })
})

suite('masking', () => {
  test('passwords and secret options', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['search://u:p@h:1/x', 'search://u:***@h:1/x'],
      ['search://u:p@ss/w@h', 'search://u:***@h'],
      ['search://:p@h', 'search://:***@h'],
      ['search://h:9200/a@b?mail=a@b', 'search://h:9200/a@b?mail=a@b'],
      ['search://h?apiKey=x&batch=5&token.file=/y', 'search://h?apiKey=***&batch=5&token.file=***'],
      ['see http://u:p@h and http://v:q@i now', 'see http://u:***@h and http://v:***@i now'],
      ['search://u:${PW}@h', 'search://u:***@h'],
      ['nothing to hide', 'nothing to hide'],
    ]
    for (const [text, expected] of cases) assert.equal(maskUri(text), expected)
  })

  test('a password of any signs is hidden whole, and masking twice is masking once', () => {
    const secret = fc.string({
      unit: fc.constantFrom('s', '/', '@', '?', '#', ':', '%', '1'),
      minLength: 1,
    })
    fc.assert(
      fc.property(secret, (secret) => {
        // Digits up to a slash, a question mark or the end are a port.
        fc.pre(!/^\d*(?:[/?#]|$)/.test(secret))
        const masked = maskUri(`search://user:${secret}@host/x`)
        assert.equal(masked, 'search://user:***@host/x')
        assert.equal(maskUri(masked), masked)
      }),
      runs(100),
    )
  })
})
