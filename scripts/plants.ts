// `npm run test:plants`: every bug that was planted for a property, and how many runs it took to find
// it. Fails where one is not found, where a promise has none, and where one in test/support is in no test.
import { glob } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { propertyFiles, runProperties } from './properties/run.ts'

const root = join(import.meta.dirname, '..')
const say = (line = ''): void => void process.stdout.write(`${line}\n`)

const files = await propertyFiles()
const { tried, failures } = await runProperties({
  files,
  only: /planted|caught|catches|noticed/,
  signal: new AbortController().signal,
})
const found = tried.filter(({ planted }) => planted).sort((a, b) => a.file.localeCompare(b.file))
const width = Math.max(...found.map(({ file }) => basename(file, '.test.ts').length))
say(`${'PROPERTY'.padEnd(width)}  FOUND IN RUN  PLANTED BUG`)
for (const { file, test, runs, path } of found) {
  const name = basename(file, '.test.ts').padEnd(width)
  const run = (path === null ? 'NOT FOUND' : String(runs)).padStart(12)
  say(`${name}  ${run}  ${test.split(' > ').at(-1)}`)
}

const problems = [
  ...failures.map(({ file, test, message }) => `${file}: ${test}: ${message}`),
  ...files
    .filter((file) => isPromise(file) && !found.some((each) => each.file === file))
    .map((file) => `${file}: no bug is planted for it`),
  ...(await orphans()),
]
say(
  `\n${found.length} bugs, of which ${found.filter(({ path }) => path !== null).length} are found`,
)
for (const problem of problems) say(problem)
if (problems.length > 0) process.exitCode = 1

function isPromise(file: string): boolean {
  return /^test\/property\/p\d/.test(file)
}

/** Bugs in the tables of test/support that no test of that name has found. */
async function orphans(): Promise<string[]> {
  const names: string[] = []
  for await (const file of glob('test/support/**/*plants.ts', { cwd: root })) {
    const tables = (await import(join(root, file))) as { readonly [name: string]: unknown }
    for (const table of Object.values(tables)) {
      if (typeof table !== 'object' || table === null) continue
      for (const bug of Object.keys(table)) {
        if (!found.some(({ test }) => test.includes(bug)))
          names.push(`${file}: nobody finds: ${bug}`)
      }
    }
  }
  return names
}
