import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { configurationPage } from '../../../scripts/docs/configuration.ts'
import { formatConfigError } from '../../../src/config/config-error.ts'
import { loadSettings } from '../../../src/config/load.ts'
import { parseSinkUri } from '../../../src/config/uri.ts'
import { parseFilter } from '../../../src/filter/parse.ts'
import { sinkKinds } from '../../../src/sinks/kinds.ts'

suite('docs/configuration.md', () => {
  test('has the tables of today (cure: node scripts/generate-docs.ts)', async () => {
    const { is, wanted } = await configurationPage()
    assert.equal(is, wanted)
  })

  test('shows a file that is right', async () => {
    const { is } = await configurationPage()
    const [, text = ''] = /```yaml\n([^]*?)```/.exec(is) ?? []
    const loaded = loadSettings({
      file: { path: 'example', text },
      environment: {},
      kinds: sinkKinds,
      readFile: () => 'key',
      checkFilter: (filter) => {
        const parsed = parseFilter(filter)
        return 'error' in parsed ? parsed.error : undefined
      },
    })
    assert.deepEqual('errors' in loaded ? loaded.errors.map(formatConfigError) : [], [])
  })
})

test('the example URIs of every sink are right', () => {
  for (const { kind, examples } of sinkKinds) {
    for (const example of examples) {
      const sink = parseSinkUri(example, sinkKinds, {})
      assert.equal(sink.kind, kind)
      const loaded = loadSettings({
        environment: { AUDITOR_ALLOW_COMMANDS: 'true' },
        uris: [example],
        kinds: sinkKinds,
        readFile: () => 'key',
      })
      // The certificates of the examples are not here.
      const errors = 'errors' in loaded ? loaded.errors : []
      const others = errors.filter(({ message }) => !/can't be read: ENOENT/.test(message))
      assert.deepEqual(others.map(formatConfigError), [])
    }
  }
})
