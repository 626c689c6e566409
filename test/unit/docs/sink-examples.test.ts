import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { sinkExamples } from '../../../scripts/docs/sink-examples.ts'
import { formatConfigError } from '../../../src/config/config-error.ts'
import { loadSettings } from '../../../src/config/load.ts'
import { sinkKinds } from '../../../src/sinks/kinds.ts'

/** Its files are these; its secrets are in the environment. */
const here = (text: string): string =>
  text.replaceAll(/\/etc\/\S+\.(?:pem|key)/g, import.meta.filename)
/** With every default that is shown set; it is the last line of its paragraph. */
const spelledOut = (text: string): string =>
  text.replaceAll(/^ {4}# (?=\w+: (?!\.\.\.).*\n(?:\n|$))/gm, '    ')

function mistakesOf(path: string, text: string): readonly string[] {
  const loaded = loadSettings({
    file: { path, text },
    environment: { PASSWORD: 'secret', URL: 'https://hooks.example/secret' },
    kinds: sinkKinds,
    readFile: () => assert.fail('it names a file of a secret'),
    checkFilter: (text) => (text === 'kind:alert' ? undefined : assert.fail('it has a filter')),
  })
  return 'errors' in loaded ? loaded.errors.map(formatConfigError) : []
}

suite('examples/sinks/', async () => {
  for (const { path, is, wanted } of await sinkExamples()) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    test(`${name}: of today (cure: node scripts/generate-docs.ts), valid, also with its defaults`, () => {
      assert.equal(is, wanted)
      assert.deepEqual(mistakesOf(name, here(is)), [])
      assert.notEqual(spelledOut(is), is)
      assert.deepEqual(mistakesOf(name, here(spelledOut(is))), [])
    })
  }
})
