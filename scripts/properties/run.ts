import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { glob } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import type { PropertyTried } from '../../test/support/property.ts'

const root = join(import.meta.dirname, '../..')

/** The test files that try properties, as paths from the project's root, sorted. */
export async function propertyFiles(): Promise<readonly string[]> {
  const files: string[] = []
  for await (const file of glob('test/{unit,property,contract}/**/*.test.ts', { cwd: root })) {
    if (/from '[./]+support\/p(roperty|lanted)\.ts'/.test(await readFile(join(root, file), 'utf8')))
      files.push(file)
  }
  return files.sort()
}

export interface Failure {
  readonly file: string
  /** The test, with the suites around it as far as they are known. */
  readonly test: string
  readonly message: string
}

export interface Result {
  /** Every time a property was tried. */
  readonly tried: readonly PropertyTried[]
  readonly failures: readonly Failure[]
}

export interface Asked {
  readonly files: readonly string[]
  /** For `test/support/property.ts`. */
  readonly environment?: Readonly<{ [name: string]: string }>
  /** Only tests whose name matches. */
  readonly only?: RegExp
  /** No tests whose name matches. */
  readonly skip?: RegExp
  /** Ends it before its time; what was ended is not told as failed. */
  readonly signal: AbortSignal
}

/** Runs test files, two at a time, each in a process of its own, and reads what their properties say. */
export async function runProperties(asked: Asked): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'auditor-properties-'))
  const log = join(folder, 'tried.ndjson')
  const failures: Failure[] = []
  try {
    const events = run({
      files: asked.files.map((file) => join(root, file)),
      concurrency: 2,
      cwd: root,
      env: { ...process.env, ...asked.environment, AUDITOR_PROPERTY_LOG: log },
      ...(asked.only === undefined ? {} : { testNamePatterns: asked.only }),
      ...(asked.skip === undefined ? {} : { testSkipPatterns: asked.skip }),
      signal: asked.signal,
    })
    for await (const { type, data } of events) {
      if (type !== 'test:fail' || asked.signal.aborted || data.details.type === 'suite') continue
      const { cause } = data.details.error
      const message = messageOf(cause)
      if (/subtests? failed/.test(message)) continue // it was told with the subtest
      failures.push({ file: relative(root, data.file ?? ''), test: data.name, message })
    }
    const text = await readFile(log, 'utf8').catch(() => '') // nothing was tried
    const tried = text.split('\n').filter(Boolean).map(parsed)
    return { tried, failures }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function parsed(line: string): PropertyTried {
  const tried = JSON.parse(line) as PropertyTried
  return { ...tried, file: relative(root, tried.file) }
}

/** With that of its cause, which is what the property found. */
function messageOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  return thrown.cause === undefined
    ? thrown.message
    : `${thrown.message}\n\n${messageOf(thrown.cause)}`
}
