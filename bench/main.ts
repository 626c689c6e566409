// npm run bench [-- NAME... --runs N --rows N]: runs the cases one after the other, each in a process of its
// own, prints a table and writes bench/results/<date>.json. Exits with 1 when a case fails; an aim that is
// not met is told and is no failure.
import { fork } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { cases } from './cases.ts'
import { isMet, ratioOf, summaryOf, type Options, type Row } from './support/case.ts'
import { table } from './support/table.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    runs: { type: 'string', default: '5' },
    rows: { type: 'string', default: '500000' },
  },
})
const options: Options = { runs: count('runs', values.runs), rows: count('rows', values.rows) }
const names = positionals.length === 0 ? Object.keys(cases) : positionals
for (const name of names) {
  if (cases[name] === undefined) {
    console.error(`no case ${name}; there are: ${Object.keys(cases).join(', ')}`)
    process.exit(2)
  }
}

const results: { readonly name: string; readonly row: Row }[] = []
const failed: string[] = []
for (const name of names) {
  try {
    for (const row of await runCase(name)) results.push({ name, row })
  } catch (error) {
    console.error(`${name} failed: ${(error as Error).message}`)
    failed.push(name)
  }
}
if (results.length > 0) {
  console.log(`\n${table(results)}`)
  console.error(`\nwritten to ${await write()}`)
}
if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`)
  process.exitCode = 1
}

function count(option: string, text: string): number {
  const number = Number(text.replaceAll(/[_,]/g, ''))
  if (!Number.isSafeInteger(number) || number < 1) {
    console.error(`--${option}: expected a positive whole number, got ${text}`)
    process.exit(2)
  }
  return number
}

function runCase(name: string): Promise<readonly Row[]> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./child.ts', import.meta.url), [name, JSON.stringify(options)], {
      execArgv: ['--expose-gc'],
    })
    let rows: readonly Row[] | undefined
    child.on('message', (message) => (rows = message as readonly Row[]))
    child.on('error', reject)
    child.on('exit', (code, signal) => {
      if (code === 0 && rows !== undefined) resolve(rows)
      else reject(new Error(`its process ended with ${signal ?? code}`))
    })
  })
}

async function write(): Promise<string> {
  const folder = join(import.meta.dirname, 'results')
  const at = new Date()
  const file = join(folder, `${at.toISOString().replaceAll(':', '-')}.json`)
  const report = {
    at,
    node: process.version,
    cpu: cpus()[0]?.model,
    cores: availableParallelism(),
    options,
    failed,
    results: results.map(({ name, row }) => ({
      case: name,
      ...row,
      ...summaryOf(row.values),
      ratio: ratioOf(row),
      met: isMet(row),
    })),
  }
  await mkdir(folder, { recursive: true })
  await writeFile(file, JSON.stringify(report, undefined, 2) + '\n')
  return file
}
