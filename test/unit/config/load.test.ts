import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { BUILT_IN_RULES } from '../../../src/config/alert-rules.ts'
import { profileSchema } from '../../../src/config/profile-schema.ts'
import { optionsOf, settings, type Given } from '../../support/load-settings.ts'

suite('settings', () => {
  test('without any source are the defaults', () => {
    assert.deepEqual(settings({}), {
      docker: { endpoint: [], metrics: [], silenceTimeout: 300_000 },
      filter: '',
      explicit: false,
      healthChecks: 'count',
      posture: true,
      profile: profileSchema.parse({}),
      redact: [],
      alerts: BUILT_IN_RULES.map((rule) => ({ by: 'lineage', ...rule, cooldown: 300_000 })),
      allowCommands: false,
      retention: { age: 90 * 86_400_000, size: 2 * 1024 ** 3 },
      anchors: { entries: 10_000, every: 900_000 },
      enrich: { timeout: 2000, concurrency: 8 },
      listen: { host: '127.0.0.1', port: 7410 },
      log: { level: 'info', format: 'auto' },
      sinks: [],
    })
  })

  test('defaults < file < environment < flags', () => {
    const yaml = 'data: /file\nlog: { level: debug, format: json }\nretention:\n  age: 1d\n'
    const environment = { AUDITOR_DATA: '/env', AUDITOR_LOG__LEVEL: 'warn' }
    const flags = [
      { flag: '--data', path: ['data'], value: '/flag' },
      { flag: '--filter', path: ['filter'], value: undefined },
    ]
    const { data, log, retention } = settings({ yaml, environment, flags })
    assert.deepEqual([data, log.level, log.format], ['/flag', 'warn', 'json'])
    assert.deepEqual(retention, { age: 86_400_000, size: 2 * 1024 ** 3 })
    assert.equal(settings({ yaml, environment }).data, '/env')
    assert.equal(settings({ yaml }).data, '/file')
  })

  test('docker may be a text, a list or a mapping, from each source', () => {
    const endpoint = (given: Given) => settings(given).docker.endpoint
    assert.deepEqual(endpoint({ yaml: 'docker: tcp://a:1' }), ['tcp://a:1'])
    assert.deepEqual(endpoint({ yaml: 'docker: [tcp://a:1, tcp://b:2]' }), [
      'tcp://a:1',
      'tcp://b:2',
    ])
    assert.deepEqual(endpoint({ yaml: 'docker: { endpoint: tcp://a:1 }' }), ['tcp://a:1'])
    assert.deepEqual(endpoint({ environment: { AUDITOR_DOCKER: 'tcp://a:1 tcp://b:2' } }), [
      'tcp://a:1',
      'tcp://b:2',
    ])
    const { docker } = settings({
      yaml: 'docker: { endpoint: tcp://a:1, silenceTimeout: 1m }',
      flags: [{ flag: '--docker', path: ['docker', 'endpoint'], value: ['tcp://c:3'] }],
    })
    assert.deepEqual(docker, { endpoint: ['tcp://c:3'], metrics: [], silenceTimeout: 60_000 })
  })

  test('listen takes addresses, ports and off', () => {
    const listen = (value: string) => settings({ yaml: `listen: ${value}` }).listen
    assert.equal(listen('off'), 'off')
    assert.deepEqual(listen('"[::1]:80"'), { host: '::1', port: 80 })
    assert.deepEqual(listen('":80"'), { host: '::', port: 80 })
    assert.deepEqual(listen('0'), { host: '127.0.0.1', port: 0 })
  })

  test('variables that Kubernetes sets for a service called "auditor" are no settings', () => {
    const environment = {
      AUDITOR_VERSION: '0.1.0',
      AUDITOR_PORT: 'tcp://10.0.0.1:7410',
      AUDITOR_PORT_7410_TCP_ADDR: '10.0.0.1',
      AUDITOR_SERVICE_HOST: '10.0.0.1',
      AUDITOR_SERVICE_PORT_HTTP: '7410',
    }
    assert.deepEqual(settings({ environment }), settings({}))
  })

  test('unset keys and values emptied by variables count as not given', () => {
    const yaml = 'data: ${NOPE:-}\nsinks:\nlog:\n  level:\nfilter: $${x} ${A}\n'
    const { data, log, filter } = settings({ yaml, environment: { A: 'b', AUDITOR_DATA: '' } })
    assert.deepEqual([data, log.level, filter], [undefined, 'info', '${x} b'])
  })
})

suite('sinks', () => {
  test('from the file as mapping and as URI, from variables and URIs', () => {
    const given = {
      yaml: "sinks:\n  my-search: { type: search, port: 1, batch: 5 }\n  b: 'lines:///x?tag=${T}'\n",
      environment: {
        T: 'a b',
        AUDITOR_SINKS: 'lines:///y  search://es',
        AUDITOR_SINKS__MY_SEARCH__BATCH: '7',
        AUDITOR_SINKS__NEW_ONE: 'search:?index=n',
      },
      uris: ['search://es', 'lines:///z?name=mine'],
    }
    assert.deepEqual(
      settings(given).sinks.map(({ name, kind }) => `${name} ${kind}`),
      [
        'my-search search',
        'b lines',
        'new-one search',
        'lines-y lines',
        'search-es search',
        'search-es-2 search',
        'mine lines',
      ],
    )
    const options = optionsOf(given, 'my-search')
    assert.deepEqual([options?.['port'], options?.['batch'], options?.['every']], [1, 7, 1000])
    assert.equal(options !== undefined && 'type' in options, false)
    assert.deepEqual(optionsOf(given, 'b')?.['tag'], 'a b')
  })

  test('secrets come as text, from files and from variables', () => {
    const yaml = [
      'sinks:',
      '  a: { type: search, username: u, password: { file: /run/pw }, headers: { X: { file: /run/pw } } }',
      '  b: { type: search, username: u, password: "${PW}" }',
      '  c: { type: search, username: u }',
    ].join('\n')
    const environment = { PW: 'in-env', AUDITOR_SINKS__C__PASSWORD_FILE: '/run/pw' }
    const given = { yaml, environment, uris: ['search://u@h?password.file=/run/pw&name=d'] }
    assert.equal(optionsOf(given, 'a')?.['password'], 'from-file')
    assert.deepEqual(optionsOf(given, 'a')?.['headers'], { X: 'from-file' })
    assert.equal(optionsOf(given, 'b')?.['password'], 'in-env')
    assert.equal(optionsOf(given, 'c')?.['password'], 'from-file')
    assert.equal(optionsOf(given, 'd')?.['password'], 'from-file')
  })
})
