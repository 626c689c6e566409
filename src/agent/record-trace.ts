import { createWriteStream, type WriteStream } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { once } from 'node:events'
import type { Clock } from '../actors/clock.ts'
import { makeDirectory } from '../actors/make-directory.ts'
import { redactInspect } from '../docker/redact-inspect.ts'
import { traceFiles } from '../docker/trace.ts'
import type { InspectableEngine } from '../docker/port.ts'
import { createWatcher } from '../docker/watcher.ts'
import { actionName } from '../model/docker-event.ts'
import type { EngineRef, Entry, Record } from '../model/entry.ts'
import { AuditorError, asError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import type { Redactor } from '../model/redaction.ts'
import type { Nanoseconds } from '../model/time.ts'

export interface RecordTraceParts {
  readonly engine: InspectableEngine
  /** A new or empty folder. */
  readonly dir: string
  readonly firstSince: Nanoseconds | 'now'
  readonly redactor: Redactor
  readonly clock: Clock
  readonly log: Log
  readonly onEvent?: (record: Record) => void
}

export interface RecordedTrace {
  readonly events: number
  readonly answers: number
  /** Questions that were not asked, since too many were under way. */
  readonly unasked: number
  /** Events that came faster than the disk took them. */
  readonly lost: number
}

/** Facts change here; what is asked is what `enrich` would ask, and `oom`, where the state is fleeting. */
const ASKED_AT = new Set(['create', 'start', 'die', 'oom', 'rename', 'update'])
const MAX_QUESTIONS = 64
/** Bytes that may wait for the disk. */
const MAX_WAITING = 64 * 1024 * 1024

/**
 * Writes what an engine says into a folder, as `replay` reads it, until the signal is aborted.
 * Secrets are redacted first; the value of no environment variable is written.
 *
 * @throws AuditorError `usage` where the folder can't be made or holds a trace already
 */
export async function recordTrace(
  parts: RecordTraceParts,
  signal: AbortSignal,
): Promise<RecordedTrace> {
  const { engine, dir, redactor, clock, log } = parts
  await makeFolder(dir)
  const events = await openNew(join(dir, traceFiles.events))
  const inspects = await openNew(join(dir, traceFiles.inspect))
  const counts = { events: 0, answers: 0, unasked: 0, lost: 0 }
  const asking = new Set<Promise<void>>()
  let written: Promise<void> | undefined

  async function ask({ event }: Record): Promise<void> {
    const { action, actorId: id } = event
    const answer = await engine.inspectJson(id, signal).then(
      (inspect) =>
        inspect === undefined
          ? { error: 'no such container' }
          : { inspect: redactInspect(inspect, redactor) },
      (thrown: unknown) => ({ error: redactor.text(asError(thrown).message) }),
    )
    counts.answers += 1
    const rest = JSON.stringify({ action: redactor.text(action), id, ...answer })
    inspects.write(`{"at":${clock.nowNanos()},${rest.slice(1)}\n`)
  }

  function take(entry: Entry): void {
    if (entry.kind !== 'record' || entry.origin !== 'observed') return
    written ??= writeEngine(dir, entry.engine)
    if (events.writableLength > MAX_WAITING) {
      counts.lost += 1
      return
    }
    counts.events += 1
    events.write(`${redactor.entry(entry).event.line}\n`)
    parts.onEvent?.(entry)
    if (entry.event.type !== 'container' || !ASKED_AT.has(actionName(entry.event.action))) return
    if (asking.size >= MAX_QUESTIONS) {
      counts.unasked += 1
      return
    }
    const question = ask(entry).finally(() => asking.delete(question))
    asking.add(question)
  }

  await createWatcher({
    engine,
    resume: () => Promise.resolve(undefined),
    emit: take,
    firstSince: parts.firstSince,
    snapshot: false,
    log,
    clock,
  }).run({ name: 'record', clock, restarts: 0, signal })
  await Promise.all(asking)
  await written
  await Promise.all([close(events), close(inspects)])
  return counts
}

async function makeFolder(dir: string): Promise<void> {
  try {
    await makeDirectory(dir)
  } catch (thrown) {
    const why = asError(thrown).message
    throw new AuditorError('usage', `cannot write into ${dir}: ${why}; choose another folder`, {
      cause: thrown,
    })
  }
}

async function openNew(path: string): Promise<WriteStream> {
  const stream = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  try {
    await once(stream, 'open')
    return stream
  } catch (thrown) {
    const error = thrown as NodeJS.ErrnoException
    const why =
      error.code === 'EEXIST' ? `${path} exists already: choose a new folder` : error.message
    throw new AuditorError('usage', why, { cause: thrown })
  }
}

function writeEngine(dir: string, engine: EngineRef): Promise<void> {
  return writeFile(join(dir, traceFiles.engine), `${JSON.stringify(engine)}\n`, {
    flag: 'wx',
    mode: 0o600,
  })
}

async function close(stream: WriteStream): Promise<void> {
  stream.end()
  await once(stream, 'close')
}
