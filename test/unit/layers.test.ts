import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join, sep } from 'node:path'
import { test } from 'node:test'
import { arrowsOf, offence } from '../support/layers.ts'

const root = join(import.meta.dirname, '../..')

function files(folder: string): { readonly path: string; readonly text: string }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => `${folder}/${name.split(sep).join('/')}`)
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

test('every import under src goes down, and every package stays at home', () => {
  const arrows = files('src').flatMap(({ path, text }) => arrowsOf(path, text))
  assert.ok(arrows.length > 20, 'the imports were not read')
  assert.deepEqual(
    arrows.map(offence).filter((wrong) => wrong !== undefined),
    [],
  )
})

test('no file is longer than 300 lines', () => {
  const long = ['src', 'test', 'bench', 'examples', 'scripts']
    .flatMap(files)
    .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > 300)
  assert.deepEqual(long, [])
})

/** A file and what stands in it; every one of them must be found. */
const planted: readonly (readonly [path: string, text: string, offence: RegExp])[] = [
  ['src/model/a.ts', "import { b } from '../actors/b.ts'", /model \(0\) may not know actors \(1\)/],
  ['src/docker/a.ts', "import type { B } from '../streams/b.ts'", /docker \(3\) .* streams \(4\)/],
  [
    'src/config/a.ts',
    "import { b } from '../filter/b.ts'",
    /config \(2\) may not know filter \(3\)/,
  ],
  ['src/journal/a.ts', "export * from '../cli/b.ts'", /journal \(5\) may not know cli \(10\)/],
  ['src/journal/a.ts', "export type { B } from '../query/b.ts'", /may not know query/],
  ['src/sinks/a.ts', "const b = await import('../agent/b.ts')", /may not know agent/],
  ['src/sinks/a.ts', "type B = typeof import('../agent/b.ts')", /may not know agent/],
  ['src/sinks/a.ts', "new Worker(new URL('../agent/b.ts', import.meta.url))", /may not know agent/],
  ['src/sinks/a.ts', 'import {\n  b,\n  c,\n} from "../web/b.ts"', /may not know web/],
  ['src/sinks/a.ts', "import '../web/b.ts'", /may not know web/],
  ['src/cli/a.ts', "import { b } from '../index.ts'", /nothing imports the surface/],
  ['src/cli/a.ts', "import { b } from '../../test/support/b.ts'", /nothing outside src/],
  ['src/cli/a.ts', "import { b } from '../new/b.ts'", /folder new has no layer/],
  ['src/cli/a.ts', 'await import(name)', /must be a literal/],
  ['src/model/a.ts', "import type { Observable } from 'rxjs'", /the model needs no package/],
  ['src/docker/a.ts', "import type Dockerode from 'dockerode'", /dockerode is imported by/],
  ['src/cli/a.ts', "import { map } from 'rxjs'", /rxjs is imported by/],
  ['src/cli/a.ts', "import { map } from 'rxjs/operators'", /rxjs is imported by/],
  ['src/query/a.ts', "import { DatabaseSync } from 'node:sqlite'", /node:sqlite is imported by/],
]

for (const [path, text, expected] of planted) {
  test(`a planted wrong arrow is found: ${JSON.stringify(text)}`, () => {
    const found = arrowsOf(path, text).map(offence)
    assert.equal(found.length, 1)
    assert.match(found[0] ?? '', expected)
  })
}

test('arrows that are right, and words in comments, are left alone', () => {
  const text = `
    import { z } from 'zod'
    import type { Observable } from 'rxjs'
    import { readFile } from 'node:fs/promises'
    import type { Entry } from '../model/entry.ts'
    export { other } from './other.ts'
    // import { no } from '../cli/no.ts'
    /** import('../cli/no.ts') */
    const text = "nothing is imported 'here'"
    export const from = 'here'
  `
  const arrows = arrowsOf('src/config/a.ts', text)
  assert.deepEqual(
    arrows.map(({ to }) => to),
    ['zod', 'rxjs', 'node:fs/promises', 'src/model/entry.ts', 'src/config/other.ts'],
  )
  assert.deepEqual(
    arrows.map(offence),
    arrows.map(() => undefined),
  )
})
