import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { sinkKinds } from '../../../src/sinks/kinds.ts'
import { errors, optionsOf } from '../../support/load-settings.ts'

const kinds = sinkKinds
const checkFilter = (): undefined => undefined
const given = { kinds, checkFilter } as const
const URI = 'exec:/usr/local/bin/page'
const REFUSED = 'this sink runs a program, which is refused without allowCommands: true in the configuration (or AUDITOR_ALLOW_COMMANDS=true)' // prettier-ignore

suite('a sink that runs a program', () => {
  test('is refused wherever it comes from', () => {
    const yaml = `sinks:\n  a: ${URI}\n  b:\n    type: exec\n    command: [/bin/page]\n  c: 'stdout:'\n`
    assert.deepEqual(errors({ ...given, yaml }), [
      `auditor.yaml:2:6: sinks.a: ${REFUSED}`,
      `auditor.yaml:4:11: sinks.b: ${REFUSED}`,
    ])
    const name = 'exec-usr-local-bin-page'
    assert.deepEqual(errors({ ...given, uris: [URI] }), [`${URI}: sinks.${name}: ${REFUSED}`])
    assert.deepEqual(errors({ ...given, environment: { AUDITOR_SINKS: URI } }), [
      `AUDITOR_SINKS: sinks.${name}: ${REFUSED}`,
    ])
  })

  test('is refused beside other mistakes, and where the answer is no or none', () => {
    const yaml = `allowCommands: perhaps\nfiler: x\nsinks: { a: '${URI}' }\n`
    assert.equal(errors({ ...given, yaml }).filter((error) => error.includes(REFUSED)).length, 1)
    for (const no of ['false', 'off', '0', "''", '[true]'])
      assert.ok(
        errors({ ...given, yaml: `allowCommands: ${no}\nsinks: { a: '${URI}' }\n` }).some((error) => error.includes(REFUSED)), // prettier-ignore
        no,
      )
  })

  test('can not allow itself', () => {
    assert.match(errors({ ...given, uris: [`${URI}?allowCommands=true`] })[0]!, /no option "allowCommands"/) // prettier-ignore
    const yaml = `sinks: { a: { type: exec, command: /bin/page, allowCommands: true } }\n`
    assert.ok(errors({ ...given, yaml }).some((error) => /allowCommands: unknown key/.test(error)))
  })

  test('is allowed by the file or by the environment', () => {
    for (const yes of ['true', 'yes', '1'])
      assert.deepEqual(errors({ ...given, yaml: `allowCommands: ${yes}\nsinks: { a: '${URI}' }\n` }), []) // prettier-ignore
    const environment = { AUDITOR_ALLOW_COMMANDS: 'true' }
    assert.deepEqual(errors({ ...given, environment, uris: [URI] }), [])
  })

  test('has its program and arguments as a list, or the program alone', () => {
    const command = (text: string) => {
      const yaml = `allowCommands: true\nsinks: { a: { type: exec, command: ${text} } }\n`
      const wrong = errors({ ...given, yaml })
      return wrong.length > 0 ? wrong[0]! : optionsOf({ ...given, yaml }, 'a')?.['command']
    }
    assert.deepEqual(command('/bin/page'), ['/bin/page'])
    assert.deepEqual(command('[/bin/page, two words, 3, true]'), ['/bin/page', 'two words', '3', 'true']) // prettier-ignore
    assert.match(String(command('/bin/page -q')), /sinks.a.command: arguments make a list, there is no shell/) // prettier-ignore
    assert.match(String(command('page')), /expected the absolute path of a program, got "page"/)
    assert.match(String(command('[]')), /expected a program and its arguments/)
    assert.match(String(command('{ a: b }')), /expected a program and its arguments/)
    assert.match(String(command('["/bin/page", "a\\0b"]')), /NUL/)
    assert.match(errors({ ...given, yaml: 'allowCommands: true\nsinks: { a: { type: exec } }\n' })[0]!, /sinks.a.command: is missing/) // prettier-ignore
  })
})
