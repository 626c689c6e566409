import { compilePattern, mapPattern } from '../time-pattern.ts'
import type { Nanoseconds } from '../../model/time.ts'
import type { ElasticsearchOptions } from './options.ts'

export const DATA_STREAM = 'logs-docker.audit-default'
/** The index of the old program. */
export const CLASSIC_DATA_STREAM = 'containers'

export type TargetOptions = Partial<Pick<ElasticsearchOptions, 'dataStream' | 'index' | 'format'>>

/** Where documents go. */
export interface Target {
  /** As it was asked for: `audit-%Y.%m.%d`. */
  readonly name: string
  readonly dataStream: boolean
  /** One index for each part of time, by the entries' own. */
  readonly isDated: boolean
  /** Matches every name it stands for: `audit-*.*.*`; the name itself where it is one. */
  readonly wildcard: string
  /** For the names of templates, which have no `%` and no capitals: `audit-yyyy.mm.dd`. */
  readonly label: string
  /** The name for an entry of that time. */
  readonly indexAt: (time: Nanoseconds) => string
}

export function targetOf(options: TargetOptions): Target {
  const dataStream = options.index === undefined
  const usual = options.format === 'classic' ? CLASSIC_DATA_STREAM : DATA_STREAM
  const name = options.index ?? options.dataStream ?? usual
  if (dataStream || !name.includes('%')) {
    return { name, dataStream, isDated: false, wildcard: name, label: name, indexAt: () => name }
  }
  return {
    name,
    dataStream,
    isDated: true,
    wildcard: mapPattern(name, () => '*').replaceAll(/\*+/g, '*'),
    label: mapPattern(name, (digits, letter) => letter.toLowerCase().repeat(digits)),
    indexAt: compilePattern(name),
  }
}
