import type { MonoTypeOperatorFunction } from 'rxjs'
import type { RestartPolicy } from '../actors/supervisor.ts'
import type { Clock } from '../actors/clock.ts'
import type { AlertRule } from '../config/alert-rules.ts'
import type { Engine } from '../docker/port.ts'
import type { Journal } from '../journal/journal.ts'
import type { Log } from '../model/log.ts'
import type { Profile } from '../profiles/profile.ts'
import type { Sink, SinkSettings } from '../sinks/sink.ts'
import type { Flowing } from '../streams/flow.ts'

/** A stage of one's own, between redaction and the journal. It must keep the order and never wait. */
export type Stage = MonoTypeOperatorFunction<Flowing>

/** A sink and how it is served. */
export interface SinkPart extends Partial<Omit<SinkSettings, 'name'>> {
  readonly sink: Sink
  /**
   * Where a sink begins that this journal does not know yet. Default `end`: what is recorded from
   * now on.
   */
  readonly from?: 'start' | 'end'
}

/** Everything an auditor is made of. Only the engines have no default. */
export interface AuditorParts {
  readonly engines: readonly Engine[]
  /** Where entries are kept; the auditor closes it at its end. Default: in memory, and lost with the process. */
  readonly journal?: Journal
  readonly sinks?: readonly SinkPart[]
  /**
   * The data directory of the journal: lives and causes are kept there too, and told as entries of kind
   * `life`, as is what is found out, of kind `finding`. Default: they are not.
   */
  readonly lives?: string
  /**
   * Rules of what people are told of, as entries of kind `alert` (docs/alerts.md), and the directory that
   * keeps which of them are open; without one they are open until the process ends. Default: none.
   */
  readonly alerts?: { readonly rules: readonly AlertRule[]; readonly dir?: string }
  /** Whether what auditors ask about in how a container is run is told. Default true. */
  readonly posture?: boolean
  /** Which events are recorded, in the filter language. Default: all. Gaps and markers always are. */
  readonly filter?: string
  /** Record only containers with the label `auditor.enable=true`. Default false. */
  readonly explicit?: boolean
  /** Execs of a container's own health check: counted, or recorded like any other. Default `count`. */
  readonly healthChecks?: 'count' | 'record'
  /** Further texts to redact, beside what is known to be secret. */
  readonly redact?: readonly RegExp[]
  readonly stages?: readonly Stage[]
  /** What an old program would have told of each record, as markers behind it. Default: nothing. */
  readonly profile?: Profile
  /** How inspect is asked. */
  readonly enrich?: {
    /** Deadline of one answer in ms. Default 2000. */
    readonly timeoutMs?: number
    /** Most questions at once. Default 8. */
    readonly concurrency?: number
  }
  /** Without a byte for so long, in ms, the event stream is opened anew. Default 5 min. */
  readonly silenceMs?: number
  /** How often a part may fail before the auditor gives up. Default: more than 10 times a minute. */
  readonly restart?: Partial<RestartPolicy>
  /** Written into the `agent-started` marker, such as a version. */
  readonly about?: Readonly<{ [name: string]: string | number }>
  /** Default: says nothing. */
  readonly log?: Log
  readonly clock?: Clock
}
