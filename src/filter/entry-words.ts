import { CAUSES as LIFE_CAUSES } from '../model/life/life.ts'
import type { Enrichment, Entry, Flag, Gap, GapCause, MarkerName, Origin } from '../model/entry.ts'

/** All words of a type: the compiler says where one is missing. */
function all<W extends string>(words: { readonly [word in W]: true }): readonly W[] {
  return Object.keys(words) as W[]
}

export const KINDS = all<Entry['kind']>({
  record: true,
  gap: true,
  life: true,
  finding: true,
  alert: true,
  marker: true,
})

export const ORIGINS = all<Origin>({ observed: true, snapshot: true, inferred: true })

export const ENRICHMENTS = all<Enrichment>({ fresh: true, cached: true, missing: true, none: true })

export const FLAGS = all<Flag>({ 'label-shadows-attribute': true, 'evidence-filtered': true })

export const GAP_CAUSES = all<GapCause>({
  'agent-down': true,
  reconnect: true,
  'engine-restart': true,
  overflow: true,
  'journal-full': true,
  'journal-damage': true,
  'sink-quota': true,
})

/** Of gaps and of lives. */
export const CAUSES: readonly string[] = [...GAP_CAUSES, ...LIFE_CAUSES]

export const CERTAINTIES = all<Gap['certainty']>({ certain: true, possible: true })

export const MARKERS = all<MarkerName>({
  'agent-started': true,
  'agent-stopped': true,
  'engine-connected': true,
  'engine-lost': true,
  'engine-reconciled': true,
  'gap-counted': true,
  'line-undecodable': true,
  'journal-begun': true,
  anchor: true,
  'sink-forgotten': true,
  'service-start': true,
  'service-stop': true,
})
