import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { stringify } from 'yaml'
import { printSettings } from '../../src/config/explain.ts'
import { variableOf } from '../../src/config/environment.ts'
import { formatConfigError } from '../../src/config/config-error.ts'
import { loadSettings, type SettingsSources } from '../../src/config/load.ts'
import { AuditorError } from '../../src/model/errors.ts'
import { testKinds } from '../support/declarations.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'

type Sources = Omit<SettingsSources, 'kinds' | 'readFile'>
type Load = (sources: Sources) => ReturnType<typeof loadSettings>

const load: Load = (sources) =>
  loadSettings({
    ...sources,
    kinds: testKinds,
    readFile: (path) => {
      throw new AuditorError('failed', `there is no ${path}`)
    },
  })

/** A setting, a value as people write it, and what the program makes of it. */
const setting = fc.oneof(
  fc.tuple(
    fc.constant(['log', 'level']),
    fc.constantFrom('debug', 'warn').map((text) => [text, text]),
  ),
  fc.tuple(
    fc.constant(['data']),
    fc.constantFrom('/a', '/b c').map((text) => [text, text]),
  ),
  fc.tuple(
    fc.constant(['retention', 'age']),
    fc.integer({ min: 1, max: 99 }).map((n) => [`${n}d`, n * 86_400_000]),
  ),
  fc.tuple(
    fc.constant(['enrich', 'concurrency']),
    fc.integer({ min: 1, max: 64 }).map((n) => [String(n), n]),
  ),
  fc.tuple(
    fc.constant(['docker', 'silenceTimeout']),
    fc.integer({ min: 1, max: 99 }).map((n) => [`${n}m`, n * 60_000]),
  ),
)
const layer = fc.array(setting, { maxLength: 4 })

const nested = (layer: readonly (readonly [readonly string[], readonly unknown[]])[]): object => {
  const tree: { [key: string]: { [key: string]: unknown } } = {}
  for (const [[first = '', second], [text]] of layer) {
    if (second === undefined) Object.assign(tree, { [first]: text })
    else tree[first] = { ...tree[first], [second]: text }
  }
  return tree
}

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as { [key: string]: unknown })[key], value)

const highestLayerWins = (load: Load) =>
  fc.property(layer, layer, layer, (file, environment, flags) => {
    const loaded = load({
      file: { path: 'f.yaml', text: stringify(nested(file)) },
      environment: Object.fromEntries(
        environment.map(([path, [text]]) => [variableOf(path), String(text)]),
      ),
      flags: flags.map(([path, [value]]) => ({ flag: `--${path.join('-')}`, path, value })),
    })
    if ('errors' in loaded) assert.fail(loaded.errors.map(formatConfigError).join('\n'))
    for (const [path] of [...file, ...environment, ...flags]) {
      const same = ([other]: readonly [readonly string[], unknown]): boolean =>
        other.join() === path.join()
      const highest = flags.findLast(same) ?? environment.findLast(same) ?? file.findLast(same)
      assert.equal(at(loaded.settings, path), highest?.[1][1])
    }
  })

test('the highest layer wins, setting by setting', () => {
  fc.assert(highestLayerWins(load), runs(100))
})

test('the rule of layers finds planted bugs', async () => {
  const flagsBelowEnvironment: Load = (sources) =>
    load({
      ...sources,
      flags: Object.keys(sources.environment).length > 0 ? [] : (sources.flags ?? []),
    })
  const firstFlagWins: Load = (sources) =>
    load({ ...sources, flags: sources.flags?.toReversed() ?? [] })
  const environmentForgotten: Load = (sources) => load({ ...sources, environment: {} })
  const fileForgotten: Load = ({ environment, flags = [] }) => load({ environment, flags })
  for (const planted of [flagsBelowEnvironment, firstFlagWins, environmentForgotten, fileForgotten])
    await assertCaught(highestLayerWins(planted))
})

test('printed settings are read back as the same settings', () => {
  const uri = fc.constantFrom(
    'search:',
    'search://es:1?batch=7',
    'lines:///x?rotate=1MiB&tag=a&tag=b',
    'search:?filter=a%20%23b',
  )
  fc.assert(
    fc.property(layer, fc.array(uri, { maxLength: 4 }), (file, uris) => {
      const loaded = load({
        file: { path: 'f', text: stringify(nested(file)) },
        environment: {},
        uris,
      })
      assert.ok('settings' in loaded)
      const again = load({
        file: { path: 'again', text: printSettings(loaded.origins) },
        environment: {},
      })
      assert.ok('settings' in again)
      assert.deepEqual(again.settings, loaded.settings)
    }),
    runs(100),
  )
})

test('any text, any variables, any flags: settings or placed errors, never a crash', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'sinks',
      'docker',
      'log',
      ': ',
      '\n',
      '\n  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '"',
      '&a ',
      '*a',
      '!!binary ',
      '${A}',
      '? ',
      '---\n',
      '#',
      '<<',
      '__proto__',
      'search:',
    ),
    fc.string({ unit: 'binary', maxLength: 4 }),
  )
  const variable = fc.constantFrom(
    'AUDITOR_SINKS',
    'AUDITOR_SINKS__A__',
    'AUDITOR___',
    'AUDITOR_DOCKER__X__Y',
    'AUDITOR_LOG',
    'AUDITOR_SINKS__A',
    'AUDITOR_SINKS__A__HEADERS__X',
    'AUDITOR_REDACT',
    'AUDITOR_FILTER_FILE',
  )
  const value = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
      fc.dictionary(variable, value, { maxKeys: 3 }),
      fc.array(value, { maxLength: 2 }),
      fc.jsonValue(),
      (text, environment, uris, flagValue) => {
        const loaded = load({
          file: { path: 'f.yaml', text },
          environment,
          uris,
          flags: [{ flag: '--docker', path: ['docker', 'endpoint'], value: flagValue }],
        })
        if (!('errors' in loaded)) return
        assert.notEqual(loaded.errors.length, 0)
        for (const error of loaded.errors) {
          if (error.origin.from === 'file') {
            assert.ok(error.origin.line >= 1 && error.origin.line <= text.split('\n').length + 1)
            assert.ok(error.origin.column >= 1)
          }
          assert.equal(/\p{Cc}/u.test(formatConfigError(error)), false)
        }
      },
    ),
    runs(200),
  )
})
