import assert from 'node:assert/strict'
import { access, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { suite, test } from 'node:test'
import { cliPage } from '../../../scripts/docs/cli.ts'
import { filterPage } from '../../../scripts/docs/filter.ts'
import { operationsPage } from '../../../scripts/docs/operations.ts'
import { sinkPages } from '../../../scripts/docs/sinks.ts'
import { exitCodes } from '../../../src/cli/exit-codes.ts'
import { wrongWith } from '../../support/command-tree.ts'
import { run } from '../../support/run.ts'

const root = resolve(import.meta.dirname, '../../..')

async function pages(): Promise<readonly string[]> {
  const docs = await readdir(join(root, 'docs'), { recursive: true })
  const own = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md']
  return [...own, ...docs.filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)]
}

const read = (page: string): Promise<string> => readFile(join(root, page), 'utf8')

const blocks = (text: string, language: string): readonly string[] =>
  Array.from(
    text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'gm')),
    ([, code = '']) => code,
  )

suite('generated pages (cure: node scripts/generate-docs.ts)', () => {
  test('docs/cli.md has the commands of today', async () => {
    const { is, wanted } = await cliPage()
    assert.equal(is, wanted)
  })

  test('docs/filter.md has the fields of today', async () => {
    const { is, wanted } = await filterPage()
    assert.equal(is, wanted)
  })

  test('docs/sinks/ has the options of today', async () => {
    for (const { path, is, wanted } of await sinkPages()) assert.equal(is, wanted, path)
  })

  test('docs/operations.md has the metrics of today', async () => {
    const { is, wanted } = await operationsPage()
    assert.equal(is, wanted)
  })
})

test('docs/cli.md names every exit code', async () => {
  const text = await read('docs/cli.md')
  for (const [name, code] of Object.entries(exitCodes))
    assert.match(text, new RegExp(`^\\| ${code} +\\| `, 'm'), name)
})

test('every page of a sink says what it guarantees and what happens when it is away', async () => {
  for (const { path, is } of await sinkPages()) {
    for (const heading of ['## Options', '## Delivery guarantee', '## When it is away'])
      assert.ok(is.includes(`\n${heading}\n`), `${path}: ${heading}`)
  }
})

test('docs/operations.md speaks of no metric that is not there', async () => {
  const text = await read('docs/operations.md')
  const told = new Set(text.match(/^\| `auditor_\w+/gm)?.map((line) => line.slice(3)))
  for (const [name] of text.matchAll(/auditor_\w+/g)) assert.ok(told.has(name), name)
})

test('every command line of the pages is one', async () => {
  let seen = 0
  for (const page of await pages()) {
    for (const block of blocks(await read(page), '(?:sh|console)?')) {
      for (const [, line = ''] of block.matchAll(
        /^(?:\$ )?(?:npm run (?:-s )?)?auditor (?:-- )?(.*)$/gm,
      )) {
        const command = line.replace(/ {2,}#.*| \|.*| >.*/, '').trim()
        if (/[A-Z]{4,}|\[/.test(command.replaceAll(/'[^']*'/g, ''))) continue // a pattern of command lines
        assert.equal(wrongWith(command), undefined, `${page}: ${line}`)
        seen += 1
      }
    }
  }
  assert.ok(seen > 20, `${seen} command lines`)
})

test('links between the pages lead somewhere', async () => {
  for (const page of await pages()) {
    const text = (await read(page)).replaceAll(/```[^]*?```/g, '')
    for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      await assert.doesNotReject(access(join(root, dirname(page), target)), `${page}: ${target}`)
    }
  }
})

test('the programs of docs/library.md compile', async (t) => {
  const cache = join(root, 'node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const dir = await mkdtemp(join(cache, 'auditor-docs-'))
  t.after(() => rm(dir, { recursive: true }))
  const programs = blocks(await read('docs/library.md'), 'ts')
  assert.ok(programs.length > 5)
  for (const [at, program] of programs.entries()) await writeFile(join(dir, `p${at}.ts`), program)
  const paths = {
    auditor: [join(root, 'src/index.ts')],
    'auditor/testing': [join(root, 'src/testing.ts')],
  }
  await writeFile(
    join(dir, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { noEmit: true, paths },
      include: ['*.ts'],
    }),
  )
  const tsc = join(root, 'node_modules/.bin/tsc')
  const said = await run(tsc, ['-p', dir]).catch((error: Error) => ({ stdout: error.message }))
  // What is wrong in the sources is not the page's business.
  assert.deepEqual(said.stdout.match(/^.*\bp\d+\.ts\(.*$/gm) ?? [], [])
})
