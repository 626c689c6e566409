import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadSettings } from '../../../src/config/load.ts'
import { sinkKinds } from '../../../src/sinks/kinds.ts'

function optionsOf(uri: string, profile?: string): { readonly [name: string]: unknown } {
  const loaded = loadSettings({
    environment: profile === undefined ? {} : { AUDITOR_PROFILE: profile },
    uris: [uri],
    kinds: sinkKinds,
    readFile: () => assert.fail('no file is read'),
  })
  assert.ok('settings' in loaded)
  return loaded.settings.sinks[0]!.options
}

for (const [uri, profile, format, connection] of [
  ['logstash:', undefined, 'ecs', 'batch'],
  ['logstash:', 'auditor-2015', 'classic', 'message'],
  ['logstash:?connection=batch', 'registrator-7', 'classic', 'batch'],
  ['logstash:?format=ecs', 'auditor-2015', 'ecs', 'batch'],
  ['elastic:', undefined, 'ecs', undefined],
  ['elastic:', 'auditor-2015', 'classic', undefined],
  ['elastic:?format=ecs', 'auditor-2015', 'ecs', undefined],
  ['stdout:', 'auditor-2015', 'ecs', undefined],
] as const) {
  test(`${uri} with ${profile ?? 'no profile'} is ${format}`, () => {
    const options = optionsOf(uri, profile)
    assert.equal(options['format'], format)
    assert.equal(options['connection'], connection)
  })
}
