// Writes the generated parts of docs/ and examples/: node scripts/generate-docs.ts
// With --check it only says (exit code 1) which pages are not up to date.
import { writeFile } from 'node:fs/promises'
import { causesPage } from './docs/causes.ts'
import { cliPage } from './docs/cli.ts'
import { configurationPage } from './docs/configuration.ts'
import { filterPage } from './docs/filter.ts'
import { formatsPage } from './docs/formats.ts'
import { operationsPage } from './docs/operations.ts'
import { sinkExamples } from './docs/sink-examples.ts'
import { sinkPages } from './docs/sinks.ts'

const pages = await Promise.all([
  causesPage(),
  configurationPage(),
  cliPage(),
  filterPage(),
  formatsPage(),
  operationsPage(),
])

for (const { path, is, wanted } of [...pages, ...(await sinkPages()), ...(await sinkExamples())]) {
  if (is === wanted) continue
  if (process.argv.includes('--check')) {
    process.stderr.write(`${path} is not up to date: node scripts/generate-docs.ts\n`)
    process.exitCode = 1
  } else await writeFile(path, wanted)
}
