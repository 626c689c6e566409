import { createLineSplitter } from '../docker/lines.ts'
import { asError } from '../model/errors.ts'
import type { Seq } from '../model/entry.ts'
import { createChainWalk, type ChainWalk } from './chain-walk.ts'
import { parseExportLine, type ExportFooter } from './export-format.ts'
import type { Break, ChainVerdict } from './verdict.ts'

/** Longer than any line of ours. */
const LONGEST_LINE = 64 * 1024 * 1024
const UNKNOWN = new Uint8Array(0)

/**
 * Follows the chain of an exported trail from its first line to its last.
 *
 * @param chunks the file's bytes, unpacked; what they end with in an error counts as cut off
 */
export async function verifyExport(chunks: AsyncIterable<Uint8Array>): Promise<ChainVerdict> {
  const reader = createExportReader()
  const splitter = createLineSplitter({
    maxLineBytes: LONGEST_LINE,
    onLine: reader.line,
    onTooLong: reader.line,
    onRest: reader.line,
  })
  let cause: string | undefined
  try {
    for await (const chunk of chunks) splitter.write(chunk)
    splitter.end()
  } catch (thrown) {
    const { code, message } = asError(thrown) as NodeJS.ErrnoException
    if (code?.startsWith('Z_') !== true) throw thrown
    cause = `it can't be unpacked any further: ${message}`
  }
  return reader.end(cause)
}

/** Takes line after line; what is not as it was written is a break in the place where it stands. */
function createExportReader(): {
  line(this: void, text: string): void
  end(cause: string | undefined): ChainVerdict
} {
  let walk: ChainWalk | undefined
  let epoch = ''
  let last: Seq = 0
  let entries = 0
  let footer: ExportFooter | undefined
  let isOddBefore = false

  function begin(of: string, base: { readonly seq: Seq; readonly hash: Uint8Array }): ChainWalk {
    epoch = of
    last = base.seq
    return createChainWalk({ epoch, start: base })
  }

  /** Without a header there is nothing to hold the first line against. */
  function beginWithout(of: string, seq: Seq): ChainWalk {
    const begun = begin(of, { seq: Math.max(0, seq - 1), hash: UNKNOWN })
    begun.told('missing', seq, 'no export of Auditor, or its first line is not there as written')
    return begun
  }

  return {
    line(text) {
      const line = parseExportLine(text)
      if (line?.is === 'header' && walk === undefined) {
        walk = begin(line.header.epoch, line.header.base)
        if (isOddBefore) walk.told('inserted', last + 1, 'something stands before the first line')
      } else if (line?.is === 'footer' && footer === undefined) {
        walk ??= beginWithout(line.footer.epoch, line.footer.head.seq)
        ;({ footer } = line)
      } else if (line?.is === 'entry') {
        const { seq } = line.link
        walk ??= beginWithout(line.epoch, seq)
        walk.add(line.link)
        if (line.epoch !== epoch)
          walk.told('changed', seq, `it claims to be of epoch ${line.epoch}`)
        if (footer !== undefined) walk.told('inserted', seq, 'it stands behind the last line')
        last = seq
        entries += 1
      } else if (walk === undefined) {
        isOddBefore = true
      } else {
        // What can't be read stands for the entry that should be there.
        walk.add({ seq: (last += 1), body: '', hash: UNKNOWN })
      }
    },
    end(cause) {
      walk ??= beginWithout('', 1)
      if (footer === undefined) return walk.end(undefined, cause)
      const { epoch: claimed, entries: counted, head } = footer
      const verdict = walk.end(head, cause)
      if (verdict.breakCount > 0 || (claimed === epoch && counted === entries)) return verdict
      const detail = 'the last line names another epoch, or number of entries'
      const found: Break = { kind: 'changed', where: 'trail', seq: head.seq, detail }
      return { ...verdict, breaks: [found], breakCount: 1 }
    },
  }
}
