import type { ConfiguredSink, Settings } from '../config/load.ts'
import { sinkKinds } from '../sinks/kinds.ts'
import { silentLog, type Log } from '../model/log.ts'
import type { Sink, SinkSettings } from '../sinks/sink.ts'
import { openEngine } from './local-engine.ts'
import type { AuditorParts, SinkPart } from './parts.ts'

/** The engines, sinks and stages that settings speak of. Nothing is connected yet. */
export function partsOf(
  settings: Settings,
  env: Readonly<{ [name: string]: string | undefined }>,
  log: Log = silentLog,
): AuditorParts {
  const { endpoint, metrics, silenceTimeout } = settings.docker
  const urls = endpoint.length === 0 ? [undefined] : endpoint
  return {
    engines: urls.map((url, at) => openEngine(url, env, metrics[at])),
    sinks: settings.sinks.map((sink) => sinkPart(sink, log)),
    ...recordingOf(settings),
    silenceMs: silenceTimeout,
  }
}

/** The sinks that tell people of alerts. */
export const createNotifiers = (settings: Settings, log: Log): readonly SinkPart[] =>
  settings.sinks
    .filter(({ kind }) => sinkKinds.find((each) => each.kind === kind)?.tellsPeople === true)
    .map((sink) => sinkPart(sink, log))

/** What is recorded and how, for every command that has a pipeline. */
export function recordingOf(
  settings: Settings,
): Pick<AuditorParts, 'filter' | 'explicit' | 'healthChecks' | 'redact' | 'enrich' | 'posture'> {
  return {
    filter: settings.filter,
    explicit: settings.explicit || isExplicitByOldFlag(settings),
    healthChecks: settings.healthChecks,
    posture: settings.posture,
    redact: settings.redact.map((pattern) => new RegExp(pattern, 'giu')),
    enrich: { timeoutMs: settings.enrich.timeout, concurrency: settings.enrich.concurrency },
  }
}

/** A configured sink, made by its kind; its options were checked by the kind's declaration. */
function sinkPart(configured: ConfiguredSink, log: Log): SinkPart {
  const { filter, batch, every, timeout, maxLag, inFlight } = configured.options as unknown as Omit<
    SinkSettings,
    'name'
  >
  return {
    sink: createSink(configured, log),
    batch,
    every,
    timeout,
    ...(inFlight === undefined ? {} : { inFlight }),
    ...(filter === undefined ? {} : { filter }),
    ...(maxLag === undefined ? {} : { maxLag }),
  }
}

function createSink({ name, kind, options }: ConfiguredSink, log: Log): Sink {
  const found = sinkKinds.find((each) => each.kind === kind)
  if (found === undefined) throw new Error(`no kind of sink is called ${kind}`)
  return found.create(options, name, { log })
}

/** `-explicit` with one dash has a meaning of its own with a profile, and is ours without. */
const isExplicitByOldFlag = ({ profile }: Settings): boolean =>
  profile.name === undefined && profile.explicit
