import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { configInvalid } from '../../../src/config/config-error.ts'
import { errors, load, type Given } from '../../support/load-settings.ts'

suite('mistakes', () => {
  test('are told all at once, each with its place', () => {
    const yaml = [
      'version: 2',
      'dokcer: x',
      'log:',
      '  level: loud',
      '  fromat: json',
      'retention: { age: 30, size: 5 }',
      "redact: ['(', ok]",
      'filter: oh no!',
      'sinks:',
      '  a b: "search:"',
      '  s: { type: serch }',
      '  t: { typ: search }',
      '  u: { type: search, bach: 5, port: 70000, filter: "!" }',
      '  v: search://h:99999',
      '  w: { type: search, username: u, password: { file: /nope } }',
      '  x: { type: search, name: y }',
      '  z: { type: search, password: p }',
      'listen: 1.2.3.4:99999',
      'data: ${NOPE}',
    ].join('\n')
    assert.deepEqual(errors({ yaml }), [
      'auditor.yaml:1:10: version: expected 1, the version of this file format, got 2',
      'auditor.yaml:2:1: dokcer: unknown key, did you mean "docker"?',
      'auditor.yaml:4:10: log.level: expected debug, info, warn, error or silent, got "loud"',
      'auditor.yaml:5:3: log.fromat: unknown key, did you mean "format"?',
      'auditor.yaml:6:19: retention.age: expected a duration with its unit, such as 500ms, 1.5s, 2h30m or 7d, got 30',
      'auditor.yaml:6:29: retention.size: expected at least 16MiB, got 5',
      'auditor.yaml:7:10: redact.0: not a regular expression: Unterminated group',
      'auditor.yaml:8:9: filter: no shouting (position 4 of the filter)',
      'auditor.yaml:10:3: sinks.a b: the name of a sink has up to 64 letters, digits, dots, dashes and underscores, and begins with a letter or digit',
      'auditor.yaml:11:14: sinks.s.type: expected the kind of sink: search, lines; got "serch", did you mean "search"?',
      'auditor.yaml:12:6: sinks.t.type: is missing: expected the kind of sink: search, lines',
      'auditor.yaml:13:22: sinks.u.bach: unknown key, did you mean "batch"?',
      'auditor.yaml:13:37: sinks.u.port: expected a whole number from 1 to 65535, got 70000',
      'auditor.yaml:13:52: sinks.u.filter: no shouting (position 4 of the filter)',
      'auditor.yaml:14:6: sinks.v: expected a port from 1 to 65535 after the host (in a password, "/" is written %2F, "@" %40, "?" %3F)',
      'auditor.yaml:15:53: sinks.w.password: cannot read /nope',
      'auditor.yaml:16:28: sinks.x.name: the name of a sink is its key here',
      'auditor.yaml:17:32: sinks.z.password: a password needs a username',
      'auditor.yaml:18:9: listen: expected HOST:PORT (port 0 to 65535), such as 127.0.0.1:7410, or off, got "1.2.3.4:99999"',
      'auditor.yaml:19:7: data: the variable NOPE is not set (${NOPE:-} stands for "may be empty")',
    ])
  })

  test('of variables, flags and URIs name these', () => {
    const given: Given = {
      yaml: 'sinks: { out: { type: search } }',
      environment: {
        AUDITOR_LGO__LEVEL: 'x',
        AUDITOR_CONFIG: '/is/no/setting',
        AUDITOR_DATA_FILE: '/nope',
        AUDITOR_HEALTHCHECKS: 'all',
        AUDITOR_SINKS: 'serch: search:?name=out',
        AUDITOR_SINKS__OUT__BACH: '3',
        AUDITOR_SINKS__OUT__PORT: 'x',
        OTHER: 'x',
      },
      flags: [{ flag: '--filter', path: ['filter'], value: 'a!' }],
      uris: ['search://u:hunter2@h?bach=1'],
    }
    assert.deepEqual(errors(given).toSorted(), [
      '--filter: filter: no shouting (position 4 of the filter)',
      'AUDITOR_DATA_FILE: data: cannot read /nope',
      'AUDITOR_HEALTHCHECKS: healthChecks: expected count or record, got "all"',
      'AUDITOR_LGO__LEVEL: unknown variable, did you mean "AUDITOR_LOG__LEVEL"?',
      'AUDITOR_SINKS: "search:?name=out": there is another sink called "out": give them different names',
      'AUDITOR_SINKS: "serch:": unknown kind of sink "serch:", did you mean "search"? (known: search, search+https, lines)',
      'AUDITOR_SINKS__OUT__BACH: unknown variable, did you mean "AUDITOR_SINKS__OUT__BATCH"?',
      'AUDITOR_SINKS__OUT__PORT: sinks.out.port: expected a whole number from 1 to 65535, got "x"',
      'search://u:***@h?bach=1: search has no option "bach", did you mean "batch"? (known: name, filter, batch, every, host, port, index, tls, username, password, headers)',
    ])
  })

  const broken: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'a key given twice',
      'data: a\ndata: b',
      ['auditor.yaml:2:1: this key was given before in the same mapping'],
    ],
    ['tabs', 'log:\n\tlevel: info', ['auditor.yaml:2:1: tabs cannot indent: use blanks']],
    ['a list', '- a', ['auditor.yaml:1:1: expected a mapping of settings']],
    [
      'two documents',
      'data: a\n---\ndata: b',
      ['auditor.yaml:2:1: the file holds several documents ("---"): one is expected'],
    ],
    [
      'a colon without quotes',
      'sinks:\n  a: search:',
      ['auditor.yaml:2:6: unexpected ":" (a text with ": " in it or ":" at its end needs quotes)'],
    ],
    ['a mapping for a key', '? { a: b }\n: c', ['auditor.yaml:1:3: a key is a plain word']],
    [
      'names of objects',
      '__proto__: 1\nconstructor: 2',
      ['auditor.yaml:1:1: __proto__: unknown key', 'auditor.yaml:2:1: constructor: unknown key'],
    ],
    [
      'an option that must be there',
      'sinks: { a: { type: lines } }',
      ['auditor.yaml:1:13: sinks.a.path: is missing and has no default'],
    ],
    [
      'a sink that is no mapping',
      'sinks: { a: [1] }',
      ['auditor.yaml:1:13: sinks.a: expected a mapping with the options of the sink, or its URI'],
    ],
    [
      'sinks that are no mapping',
      'sinks: 5',
      ['auditor.yaml:1:8: sinks: expected a mapping of sinks by name'],
    ],
  ]
  for (const [what, yaml, expected] of broken)
    test(`YAML: ${what}`, () => assert.deepEqual(errors({ yaml }), expected))

  test('a bomb of aliases, a deep nest and a huge file end quickly', () => {
    const level = (name: string, of: string): string => `${name}: &${name} [${`${of},`.repeat(9)}]`
    const bomb = [
      'a: &a [x]',
      level('b', '*a'),
      level('c', '*b'),
      level('d', '*c'),
      level('e', '*d'),
    ].join('\n')
    assert.ok(errors({ yaml: bomb }).some((line) => /too many/.test(line)))
    assert.ok(
      errors({ yaml: `a: ${'['.repeat(60)}${']'.repeat(60)}` }).some((line) =>
        /nested more than 32 deep/.test(line),
      ),
    )
    assert.deepEqual(errors({ yaml: `a: ${'x'.repeat(2_000_000)}` }), [
      'auditor.yaml:1:1: the file is longer than 1048576 characters',
    ])
    assert.ok(errors({ yaml: 'a: &a [*a]' }).some((line) => /nested more than 32 deep/.test(line)))
  })

  test('become one error for commands, every one on its line', () => {
    const loaded = load({ yaml: 'a: 1\nb: 2' })
    assert.ok('errors' in loaded)
    const error = configInvalid(loaded.errors)
    assert.equal(error.code, 'config-invalid')
    assert.equal(
      error.message,
      'the configuration is wrong:\nauditor.yaml:1:1: a: unknown key\nauditor.yaml:2:1: b: unknown key',
    )
  })
})
