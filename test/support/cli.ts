import { rmSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { TestContext } from 'node:test'
import { main } from '../../src/cli/program.ts'
import { createTerminal } from './terminal.ts'

/** A real trace: 221 events, 66 of them of a health check. */
export const lifecycle = join(import.meta.dirname, '../fixtures/traces/lifecycle')

export interface CliResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line in this process, as somebody without any configuration. */
export async function cli(
  args: readonly string[],
  environment: Readonly<{ [name: string]: string }> = {},
): Promise<CliResult> {
  const terminal = createTerminal({ AUDITOR_LISTEN: '127.0.0.1:1', ...environment })
  const code = await main(args, terminal)
  await setImmediate() // what was written last arrives
  return { code, ...terminal.printed }
}

/** A folder that is gone after the test. */
export async function scratch(t: Pick<TestContext, 'after'>): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'auditor-cli-'))
  t.after(() => rm(dir, { recursive: true, force: true }))
  return dir
}

let replayed: Promise<string> | undefined

/** A data directory with the real trace in its journal, delivered to these sinks. */
export async function replayedJournal(
  t: Pick<TestContext, 'after'>,
  ...uris: readonly string[]
): Promise<string> {
  const data = join(await scratch(t), 'data')
  if (uris.length > 0) await replayInto(data, uris)
  else await cp(await (replayed ??= replayOnce()), data, { recursive: true })
  return data
}

/** Without sinks it is always the same: replayed once a process, then copied. */
async function replayOnce(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'auditor-cli-'))
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  await replayInto(dir, [])
  return dir
}

async function replayInto(data: string, uris: readonly string[]): Promise<void> {
  const { code, stderr } = await cli(['replay', lifecycle, ...uris, '--data', data])
  if (code !== 0) throw new Error(stderr)
}
