import type { EngineRef, EntryId } from './entry.ts'
import type { Lineage } from './life/lineage.ts'
import type { Nanoseconds } from './time.ts'

/**
 * What was found out about containers, beyond single ends. `restart-loop`: it ends and is started again,
 * again and again. `flapping-health`: its health goes to and fro. `image-moved`: the tag it is run from
 * is another image than it was. `posture`: how it is run is what auditors ask about.
 */
export const FINDINGS = ['restart-loop', 'flapping-health', 'image-moved', 'posture'] as const
type FindingName = (typeof FINDINGS)[number]

/** `noted`: of what has no end. */
export const FINDING_STATES = ['opened', 'resolved', 'noted'] as const
type FindingState = (typeof FINDING_STATES)[number]

/** Something that was found out, written once: see docs/findings.md. */
export interface FindingEntry {
  readonly kind: 'finding'
  readonly id: EntryId
  /** When it was so: of one that is resolved, when it had been quiet for long enough. */
  readonly time: Nanoseconds
  readonly engine: EngineRef
  readonly finding: FindingName
  readonly state: FindingState
  /** The one that showed it last. */
  readonly container: { readonly id: string; readonly name: string; readonly image: string }
  readonly lineage: Lineage
  /** Ids of the entries it rests on; of many the last ones. */
  readonly evidence: readonly EntryId[]
  readonly numbers: Readonly<{ [name: string]: number }>
  /** Of this one: images, what stands out. */
  readonly details: readonly string[]
  /** Since when, where it has a beginning. */
  readonly since?: Nanoseconds
  /** One sentence for people. */
  readonly said: string
}
