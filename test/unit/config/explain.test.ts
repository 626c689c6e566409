import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { printSettings } from '../../../src/config/explain.ts'
import { load } from '../../support/load-settings.ts'

suite('config print', () => {
  test('shows each value with its origin, secrets masked', () => {
    const loaded = load({
      yaml: 'retention: { age: 30d }\nsinks:\n  s:\n    type: search\n    username: u\n    password: hunter2\n    headers: { X: hunter2 }\n',
      environment: { AUDITOR_LOG__FORMAT: 'json', AUDITOR_RETENTION__AGE_FILE: '/run/age' },
      flags: [{ flag: '--docker', path: ['docker', 'endpoint'], value: ['tcp://u:hunter2@a:1'] }],
      uris: ['search://u:hunter2@h?batch=7&name=t'],
    })
    assert.ok('origins' in loaded)
    const printed = printSettings(loaded.origins)
    assert.equal(printed.includes('hunter2'), false)
    assert.equal(
      printed,
      `docker:
  endpoint: [ tcp://u:***@a:1 ] # --docker
  metrics: [] # default
  silenceTimeout: 5m # default
filter: "" # default
explicit: false # default
healthChecks: count # default
posture: true # default
redact: [] # default
alerts: [ oom, crashed, start-failed, killed, restart-loop, gap ] # default
allowCommands: false # default
retention:
  age: 30d # AUDITOR_RETENTION__AGE_FILE
  size: 2GiB # default
anchors:
  entries: 10000 # default
  every: 15m # default
enrich:
  timeout: 2s # default
  concurrency: 8 # default
listen: 127.0.0.1:7410 # default
log:
  level: info # default
  format: json # AUDITOR_LOG__FORMAT
sinks:
  s:
    type: search # auditor.yaml:4
    batch: 500 # default
    every: 1s # default
    host: 127.0.0.1 # default
    port: 9200 # default
    tls: false # default
    username: u # auditor.yaml:5
    password: "***" # auditor.yaml:6
    headers: { X: "***" } # auditor.yaml:7
  t:
    type: search # search://u:***@h?batch=7&name=t
    batch: 7 # search://u:***@h?batch=7&name=t
    every: 1s # default
    host: h # search://u:***@h?batch=7&name=t
    port: 9200 # default
    tls: false # default
    username: u # search://u:***@h?batch=7&name=t
    password: "***" # search://u:***@h?batch=7&name=t
    headers: {} # default
`,
    )
  })
})
