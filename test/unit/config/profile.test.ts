import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { errors, settings } from '../../support/load-settings.ts'

suite('a profile', () => {
  test('is chosen by its name alone, in a file and by a variable', () => {
    const name = 'auditor-2015'
    assert.equal(settings({ yaml: `profile: ${name}` }).profile.name, name)
    assert.equal(settings({ environment: { AUDITOR_PROFILE: name } }).profile.name, name)
  })

  test('a variable each for its options, in the units of the old flags', () => {
    const { profile } = settings({
      yaml: 'profile: { name: registrator-7, ttl: 30 }',
      environment: { AUDITOR_PROFILE__TTL_REFRESH: '10', AUDITOR_PROFILE__IP: '10.0.0.1' },
    })
    assert.equal(profile.ttl, 30)
    assert.equal(profile.ttlRefresh, 10)
    assert.equal(profile.ip, '10.0.0.1')
  })

  for (const [yaml, complaint] of [
    ['{ ip: 10.0.0.1 }', /ip: is for profiles only: choose one with --profile/],
    ['{ name: auditor-2015, cleanup: true }', /cleanup: auditor-2015 had no such option/],
    ['{ name: auditor-2015, ttl: 30 }', /ttl: ttl and ttlRefresh go together/],
    ['{ name: auditor-2015, ttlRefresh: 30 }', /ttl: ttl and ttlRefresh go together/],
    ['{ name: auditor-2015, ttl: 30, ttlRefresh: 30 }', /ttl: must be more than ttlRefresh/],
    ['{ name: auditor-2015, deregister: never }', /deregister: expected always or on-success/],
    ['{ name: registrator-7, retryInterval: 0 }', /retryInterval: expected .* at least 1|from 1/],
    ['{ name: registrator-7, tags: "{{range .X}}" }', /tags: only \{\{\.A\.B\}\} and/],
    ['{ name: registrator-7, tags: "{{.A" }', /tags: a template's end is missing/],
    ['{ name: registrator-7, tags: "{{.Config.Env}}" }', /tags: the environment can not stand/],
    ['registrator', /name: expected auditor-2015 or registrator-7/],
  ] as const) {
    test(`is refused: ${yaml}`, () => {
      assert.match(errors({ yaml: `profile: ${yaml}` }).join('\n'), complaint)
    })
  }
})
