import type { FixedSettings } from '../config/schema.ts'
import type { Sink } from '../sinks/sink.ts'
import { settingsOf } from '../sinks/common-options.ts'
import { sinkKinds } from '../sinks/kinds.ts'
import { openEngine } from './local-engine.ts'
import type { AuditorParts, SinkPart } from './parts.ts'

/** The settings as they were loaded: with the sinks' checked options. */
export interface Settings extends FixedSettings {
  readonly sinks: Readonly<{ [name: string]: SinkOptions }>
}

/** A sink's options, checked by its kind's declaration. */
export interface SinkOptions {
  readonly type: string
  readonly filter?: string | undefined
  readonly batch: number
  readonly every: number
  readonly timeout: number
}

/** The engines, sinks and stages that settings speak of. Nothing is connected yet. */
export function partsOf(
  settings: Settings,
  env: Readonly<{ [name: string]: string | undefined }>,
): AuditorParts {
  const { endpoint, silenceTimeout } = settings.docker
  const urls = endpoint.length === 0 ? [undefined] : endpoint
  return {
    engines: urls.map((url) => openEngine(url, env)),
    sinks: sinksOf(settings),
    filter: settings.filter,
    explicit: settings.explicit,
    healthChecks: settings.healthChecks,
    redact: settings.redact.map((pattern) => new RegExp(pattern, 'giu')),
    enrich: { timeoutMs: settings.enrich.timeout, concurrency: settings.enrich.concurrency },
    silenceMs: silenceTimeout,
  }
}

export function sinksOf({ sinks }: Pick<Settings, 'sinks'>): SinkPart[] {
  return Object.entries(sinks).map(([name, options]) => {
    const { filter, batch, every, timeout } = settingsOf(options, name)
    return {
      sink: createSink(name, options),
      batch,
      every,
      timeout,
      ...(filter === undefined ? {} : { filter }),
    }
  })
}

function createSink(name: string, options: SinkOptions): Sink {
  const kind = sinkKinds.find((each) => each.kind === options.type)
  if (kind === undefined) throw new Error(`no kind of sink is called ${options.type}`)
  return kind.create({ ...options }, name)
}
