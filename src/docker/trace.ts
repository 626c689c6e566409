import { createReadStream } from 'node:fs'
import { access, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { EngineRef } from '../model/entry.ts'
import { AuditorError, asError } from '../model/errors.ts'
import { createTraceInspector, type TraceInspector } from './trace-inspector.ts'

/** The files of a trace: a folder with these, or the events' file alone. */
export const traceFiles = {
  /** What `docker events --format '{{json .}}'` prints. */
  events: 'events.ndjson',
  /** `{at, action, id, inspect | error}` a line, in the order of asking. */
  inspect: 'inspect.ndjson',
  /** Which engine it was: without it the ids of replayed events differ from the recorded ones (P5). */
  engine: 'engine.json',
} as const

export interface Trace {
  readonly engine: EngineRef
  readonly bytes: number
  /** The events' bytes, line by line (a very long line in pieces). */
  lines(signal: AbortSignal): AsyncIterable<Uint8Array>
  readonly inspector: TraceInspector
}

const unknownEngine: EngineRef = { id: 'trace', name: 'trace', version: '', apiVersion: '' }

/** @throws AuditorError `trace-invalid` where there is no such trace or it can't be read. */
export async function openTrace(path: string): Promise<Trace> {
  const events = await eventsFile(path)
  const folder = dirname(events)
  const inspect = join(folder, traceFiles.inspect)
  const hasInspect = await access(inspect).then(
    () => true,
    () => false,
  )
  return {
    engine: await engineOf(join(folder, traceFiles.engine)),
    bytes: (await stat(events)).size,
    lines: (signal) => lines(events, signal),
    inspector: createTraceInspector(hasInspect ? inspect : undefined),
  }
}

async function eventsFile(path: string): Promise<string> {
  try {
    const file = (await stat(path)).isDirectory() ? join(path, traceFiles.events) : path
    await access(file)
    return file
  } catch (thrown) {
    throw new AuditorError(
      'trace-invalid',
      `no trace at ${path}: expected a folder with ${traceFiles.events}, or a file of one event a line`,
      { cause: thrown },
    )
  }
}

async function engineOf(file: string): Promise<EngineRef> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    return unknownEngine // a trace made by `docker events` has no such file
  }
  try {
    const { id, name, version, apiVersion } = JSON.parse(text) as { [key: string]: unknown }
    if (typeof id !== 'string') throw new TypeError('its id is no text')
    return { id, name: String(name), version: String(version), apiVersion: String(apiVersion) }
  } catch (thrown) {
    throw new AuditorError('trace-invalid', `${file}: ${asError(thrown).message}`, {
      cause: thrown,
    })
  }
}

const NEWLINE = 10

/** The lines of a file with their newlines; what does not fit one read comes in pieces. */
async function* lines(file: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const chunks = createReadStream(file, { highWaterMark: 256 * 1024, signal })
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    let from = 0
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      yield chunk.subarray(from, at + 1)
      from = at + 1
    }
    if (from < chunk.length) yield chunk.subarray(from)
  }
}
