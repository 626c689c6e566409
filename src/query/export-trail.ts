import { setImmediate } from 'node:timers/promises'
import type { ChainPlace } from '../journal/chain.ts'
import type { Trail } from '../journal/journal.ts'
import { AuditorError } from '../model/errors.ts'
import type { Seq } from '../model/entry.ts'
import { entryLine, footerLine, headerLine } from './export-format.ts'
import type { VerifyOptions } from './verify-journal.ts'

export interface ExportRange {
  /** What comes after this place. Default: everything the journal still holds. */
  readonly after?: Seq
  /** Default: up to the journal's end. */
  readonly upTo?: Seq
}

export interface Exported {
  readonly entries: number
  /** Where the trail ends. */
  readonly head: ChainPlace
}

/**
 * The lines of an exported trail, each with its line's end, as the journal holds it: nothing is checked
 * here, and what is damaged goes out damaged. One page is in memory.
 *
 * @throws AuditorError `usage` for a place the journal does not hold, `failed` where retention pruned
 *   what was being exported
 */
export async function* exportTrail(
  trail: Pick<Trail, 'chain' | 'links'>,
  range: ExportRange,
  { signal, onProgress }: VerifyOptions = {},
): AsyncGenerator<string, Exported> {
  const ends = await trail.chain()
  const { epoch, head } = ends
  const base = await placeAt(trail, range.after ?? ends.base.seq)
  const upTo = Math.min(range.upTo ?? head.seq, head.seq)
  const total = Math.max(0, upTo - base.seq)
  yield `${headerLine({ epoch, base })}\n`
  let last = base
  let entries = 0
  while (last.seq < upTo) {
    signal?.throwIfAborted()
    const page = await trail.links(last.seq)
    if (page.base.seq > last.seq) {
      const message = `retention pruned entries up to ${page.base.seq} while they were exported: try again`
      throw new AuditorError('failed', message)
    }
    const links = page.links.filter(({ seq }) => seq <= upTo)
    for (const link of links) yield `${entryLine(epoch, link)}\n`
    entries += links.length
    last = links.at(-1) ?? last
    onProgress?.(Math.min(total, last.seq - base.seq), total)
    if (links.length === 0 || links.length < page.links.length) break
    await setImmediate() // signals and bars have their turn
  }
  // The end as the journal notes it, whatever is there.
  const end = upTo === head.seq ? head : { seq: last.seq, hash: last.hash }
  yield `${footerLine({ epoch, entries, head: end })}\n`
  return { entries, head: end }
}

async function placeAt(trail: Pick<Trail, 'links'>, seq: Seq): Promise<ChainPlace> {
  const page = await trail.links(seq - 1)
  if (seq === page.base.seq) return page.base
  const [link] = page.links
  if (link?.seq === seq) return link
  throw new AuditorError(
    'usage',
    `the journal has no entry ${seq} to go on from: it holds ${page.base.seq + 1} to ${page.head.seq}`,
  )
}
