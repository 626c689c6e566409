import assert from 'node:assert/strict'
import { test } from 'node:test'
import { print, printableText, type OutputFormat, type Printable } from '../../../src/cli/output.ts'
import { createTerminal } from '../../support/terminal.ts'

interface Row {
  readonly name: string
  readonly count: number
}

const printable: Printable<Row> = {
  empty: 'nothing here',
  columns: [
    { heading: 'NAME', name: 'name', value: (row) => row.name },
    { heading: 'COUNT', name: 'count', value: (row) => row.count, cell: (row) => `#${row.count}` },
  ],
}

async function printed(format: OutputFormat, rows: readonly Row[]) {
  const terminal = createTerminal()
  await print(terminal, format, rows, printable, new AbortController().signal)
  return terminal.printed
}

const rows = [
  { name: 'web', count: 1 },
  { name: 'a "quoted", name', count: -22 },
]

test('a table has aligned columns', async () => {
  const { stdout } = await printed('table', rows)
  assert.equal(
    stdout,
    ['NAME              COUNT', 'web               #1', 'a "quoted", name  #-22', ''].join('\n'),
  )
})

test('a table longer than its look ahead prints every row, in order', async () => {
  const many = Array.from({ length: 1_000 }, (_, i) => ({ name: `n${i}`, count: i }))
  const { stdout } = await printed('table', many)
  const lines = stdout.trimEnd().split('\n').slice(1)
  assert.deepEqual(
    lines.map((line) => line.split(/ +/)[0]),
    many.map((row) => row.name),
  )
})

test('json is one array, ndjson one object a line, both with values instead of cells', async () => {
  const { stdout } = await printed('json', rows)
  assert.deepEqual(JSON.parse(stdout), rows)
  const lines = (await printed('ndjson', rows)).stdout.trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line) as Row),
    rows,
  )
})

test('without rows a table says so on stderr and json is still json', async () => {
  assert.deepEqual(await printed('table', []), { stdout: '', stderr: 'nothing here\n' })
  assert.deepEqual(JSON.parse((await printed('json', [])).stdout), [])
  assert.equal((await printed('ndjson', [])).stdout, '')
})

test('csv quotes, and defuses what a spreadsheet would run', async () => {
  const { stdout } = await printed('csv', [...rows, { name: '=cmd()', count: 3 }])
  assert.equal(stdout, 'name,count\r\nweb,1\r\n"a ""quoted"", name",-22\r\n\'=cmd(),3\r\n')
})

test('control characters never reach a terminal', () => {
  assert.equal(printableText('a\u001b[31mb\nc\u202e'), 'a\\u{1b}[31mb\\nc\\u{202e}')
  assert.equal(printableText('größe 日本'), 'größe 日本')
})
