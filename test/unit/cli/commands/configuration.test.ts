import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { cli, scratch } from '../../../support/cli.ts'

const secrets = [
  'http://user:hunter2@h.example/x?name=hook',
  'elastic+https://es.example?apiKey=hunter2&name=es',
]

test('config print: each value with its origin, and no secret', async (t) => {
  const file = join(await scratch(t), 'a.yaml')
  await writeFile(file, 'retention: { age: 7d }\nsinks: { out: "file:/x" }\n')
  const { code, stdout, stderr } = await cli(
    ['config', 'print', ...secrets, '-c', file, '--data', '/srv/a', '--explicit'],
    { AUDITOR_FILTER: 'type:container', AUDITOR_LISTEN: 'off' },
  )
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /^ {2}age: 7d # .*a\.yaml:1/m)
  assert.match(stdout, /^filter: type:container # AUDITOR_FILTER$/m)
  assert.match(stdout, /^data: \/srv\/a # --data$/m)
  assert.match(stdout, /^explicit: true # --explicit$/m)
  assert.match(stdout, /^ {4}password: "\*\*\*" # http:\/\/user:\*\*\*@h\.example/m)
  assert.doesNotMatch(stdout, /hunter2/)
})

test('config schema is a JSON Schema that knows the settings', async () => {
  const { stdout } = await cli(['config', 'schema'])
  const schema = JSON.parse(stdout) as { properties: { [name: string]: unknown } }
  for (const name of ['data', 'docker', 'sinks', 'retention'])
    assert.ok(name in schema.properties, name)
})

test('validate: what is right is named on stdout; a URI may stand for the file', async (t) => {
  const file = join(await scratch(t), 'a.yaml')
  await writeFile(file, 'sinks: { main: "logstash://h" }\n')
  assert.deepEqual(await cli(['validate', file, 'stdout:']), {
    code: 0,
    stdout: `${file}: valid; sinks: main (logstash), stdout\n`,
    stderr: '',
  })
  assert.equal(
    (await cli(['validate', 'logstash://h?name=l'])).stdout,
    'no configuration file: valid; sinks: l (logstash)\n',
  )
  const wrong = await cli(['validate', 'http://user:hunter2@h/?tokn=hunter3'])
  assert.equal(wrong.code, 3)
  assert.match(wrong.stderr, /no option "tokn", did you mean "token"\?.*\n1 mistake\n$/)
  assert.doesNotMatch(wrong.stderr, /hunter/)
})
