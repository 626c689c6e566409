import { decodeEntry } from '../model/entry-codec.ts'
import { timeOfId } from '../model/entry-id.ts'
import type { EntryId, Marker, Seq } from '../model/entry.ts'
import type { Nanoseconds } from '../model/time.ts'

/** What verification looks for in the written form of an entry, which may have been tampered with. */

const KEY = /^\{(?:"eventLength":\d+,)?"kind":"[a-z]+","id":"([0-9a-f]{32})"/

/** Its id, and when it happened as the id says; empty where the text has none in its place. */
export function keyIn(body: string): { readonly id?: EntryId; readonly time?: Nanoseconds } {
  const id = KEY.exec(body)?.[1]
  return id === undefined ? {} : { id, time: timeOfId(id) }
}

/** What an anchor names: the entry before it. */
export interface AnchorData {
  readonly epoch: string
  readonly seq: Seq
  readonly hash: string
}

export function anchorIn(body: string): AnchorData | undefined {
  const data = markerIn(body, 'anchor')
  return data === undefined
    ? undefined
    : { epoch: String(data['epoch']), seq: Number(data['seq']), hash: String(data['hash']) }
}

/** The epoch that the first entry of a journal names. */
export function epochBegunIn(body: string): string | undefined {
  const data = markerIn(body, 'journal-begun')
  return data === undefined ? undefined : String(data['epoch'])
}

function markerIn(body: string, name: Marker['marker']): Marker['data'] | undefined {
  if (!body.startsWith('{"kind":"marker"') || !body.includes(`"marker":"${name}"`)) return undefined
  try {
    const entry = decodeEntry(body)
    return entry.kind === 'marker' && entry.marker === name ? entry.data : undefined
  } catch {
    return undefined // its hash says that it was tampered with
  }
}
