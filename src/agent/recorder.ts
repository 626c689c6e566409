import { fromEvent, lastValueFrom, takeUntil } from 'rxjs'
import type { Actor } from '../actors/actor.ts'
import type { Clock } from '../actors/clock.ts'
import type { Engine, InspectableEngine } from '../docker/port.ts'
import { createWatcher, type Watcher } from '../docker/watcher.ts'
import type { Journal } from '../journal/journal.ts'
import type { Entry, GapCause } from '../model/entry.ts'
import { AuditorError } from '../model/errors.ts'
import type { Log } from '../model/log.ts'
import { noteInputs } from '../profiles/noted-inputs.ts'
import type { Profile } from '../profiles/profile.ts'
import type { Group } from '../streams/flow.ts'
import { source } from '../streams/source.ts'
import type { Taps } from '../streams/tap.ts'
import type { EngineHealth } from './health.ts'
import type { AuditorParts } from './parts.ts'
import { createPipeline, type Backlog, type Pipeline, type PipelineParts } from './pipeline.ts'
import { addServiceMarkers } from './service-markers.ts'

export interface RecorderParts {
  readonly engine: Engine
  readonly settings: Pick<
    AuditorParts,
    | 'filter'
    | 'explicit'
    | 'healthChecks'
    | 'redact'
    | 'stages'
    | 'enrich'
    | 'silenceMs'
    | 'profile'
  >
  readonly journal: Pick<Journal, 'resumePoint' | 'containers' | 'hole'>
  readonly write: (group: Group, signal: AbortSignal) => Promise<void>
  readonly isJournalStuck?: () => boolean
  readonly taps?: Taps
  /** Ends it also when what was read can't be made durable: it is read again after the next start. */
  readonly abandon: AbortSignal
  readonly clock: Clock
  readonly log: Log
}

/** Causes of gaps that arise behind the watcher. */
const SHED: ReadonlySet<GapCause> = new Set(['overflow', 'journal-full'])

const isEmpty = ({ enriching, grouping, groups }: Backlog): boolean =>
  enriching + grouping + groups === 0

/** A tenth of what may wait before anything is shed. */
const hasRoom = ({ enriching, groups }: Backlog): boolean => enriching < 1_000 && groups < 10

/** Nobody gives up waiting. */
const never = new AbortController().signal

/** The watcher of one engine with the pipeline behind it: one life, restarted as one. */
export interface Recorder extends Actor {
  status(): EngineHealth
}

/**
 * Records one engine. When the watcher or a stage fails, both are made anew by the supervisor and
 * go on from the journal's resume point: what was read and not yet durable is read again. When it is
 * stopped, it ends after everything read is durable, or when it is abandoned.
 *
 * @throws AuditorError `config-invalid` for a filter that is none, and for a profile with an engine that
 * does not give its inspect answers whole
 */
export function createRecorder(parts: RecorderParts): Recorder {
  const { settings, journal, clock, log, write, isJournalStuck } = parts
  const { engine, services } = withProfile(parts.engine, settings.profile, clock, log)
  const writing = isJournalStuck === undefined ? {} : { isJournalStuck }
  /** Set for each run: where the watcher's entries go. */
  let emit: (entry: Entry) => void = () => undefined
  let [watcher, pipeline] = make()

  function make(): [Watcher, Pipeline] {
    return [
      createWatcher({
        engine,
        resume: (engineId) => journal.resumePoint(engineId),
        // Written before anything that is emitted; nobody waits for it, as for an empty group.
        begun: (resume) => void parts.write({ entries: [], resume }, never),
        counted: (resume) => void parts.write({ entries: [], resume }, never),
        memory: {
          containers: (engineId) => journal.containers(engineId),
          hole: (engineId) => journal.hole(engineId),
          isUpToDate: () => isEmpty(pipeline.backlog()),
          hasRoom: () => hasRoom(pipeline.backlog()),
        },
        emit: (entry) => emit(entry),
        log,
        clock,
        ...(settings.silenceMs === undefined ? {} : { silenceMs: settings.silenceMs }),
      }),
      createPipeline({
        ...settings,
        ...writing,
        ...services,
        write: writeAndTell,
        inspector: engine,
        ...(parts.taps === undefined ? {} : { taps: parts.taps }),
        clock,
      }),
    ]
  }

  /** What was shed on the way is a hole like any other, once it is told. */
  async function writeAndTell(group: Group, signal: AbortSignal): Promise<void> {
    const { resume } = group
    const counted = resume === undefined ? {} : { resume: watcher.counted(resume) }
    await write({ ...group, ...counted }, signal)
    for (const entry of group.entries) {
      if (entry.kind !== 'gap' || entry.certainty !== 'certain' || !SHED.has(entry.cause)) continue
      watcher.lost({ from: entry.from, to: entry.to })
    }
  }

  return {
    name: `recorder:${engine.endpoint}`,
    async run(context) {
      if (context.restarts > 0) [watcher, pipeline] = make()
      const watching = source<Entry>((give, leaving) => {
        emit = give
        const signal = AbortSignal.any([context.signal, leaving])
        return watcher.run({ ...context, signal })
      })
      const recording = watching.pipe(pipeline.run, takeUntil(fromEvent(parts.abandon, 'abort')))
      await lastValueFrom(recording, { defaultValue: undefined })
      if (parts.abandon.aborted) {
        log.warn(
          { engine: engine.endpoint },
          'what was read and is not yet in the journal is read again after the next start, or stands there as a gap',
        )
      }
    },
    status: () => ({ endpoint: engine.endpoint, ...watcher.status(), ...pipeline.status() }),
  }
}

/** With a profile, more of each inspect answer is noted than its facts, for the stage that needs it. */
function withProfile(
  engine: Engine,
  profile: Profile | undefined,
  clock: Clock,
  log: Log,
): { readonly engine: Engine; readonly services?: Pick<PipelineParts, 'services'> } {
  if (profile === undefined) return { engine }
  if (!('inspectJson' in engine)) {
    throw new AuditorError(
      'config-invalid',
      `a profile needs an engine with inspectJson: ${engine.endpoint}`,
    )
  }
  const noted = noteInputs(engine as InspectableEngine, profile.wanted)
  const { engine: inspector, inputsOf } = noted
  const services = addServiceMarkers({ profile, inputsOf, inspector, clock, log })
  return { engine: inspector, services: { services } }
}
