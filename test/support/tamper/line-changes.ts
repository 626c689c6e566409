import * as fc from 'fast-check'
import { createChainHash } from '../../../src/journal/chain.ts'
import { entryLine, parseExportLine } from '../../../src/query/export-format.ts'

/** Somebody changes an exported file; `undefined` where nothing was changed. */
export interface LineChange {
  readonly name: string
  readonly make: (lines: readonly string[], one: number, other: number) => string[] | undefined
}

/** Replaces a character that is no blank by another one. */
function withTypo(text: string, pick: number): string {
  const at = pick % (text.length - 1)
  const typo = text[at] === '7' ? '3' : '7'
  return text.slice(0, at) + typo + text.slice(at + 1)
}

/** Hashes from a line on, the last line left as it is. */
function recomputed(lines: readonly string[], from: number): string[] {
  const chainHash = createChainHash()
  const before = parseExportLine(lines[from - 1]!.trim())
  let last =
    before?.is === 'header'
      ? before.header.base.hash
      : before?.is === 'entry'
        ? before.link.hash
        : new Uint8Array(32)
  let seq = before?.is === 'header' ? before.header.base.seq : from - 1
  if (before?.is === 'entry') ({ seq } = before.link)
  return lines.map((text, at) => {
    const line = parseExportLine(text.trim())
    if (at < from || line?.is !== 'entry') return text
    seq += 1
    last = chainHash(last, seq, line.link.body)
    return `${entryLine(line.epoch, { seq, hash: last, body: line.link.body })}\n`
  })
}

function withBody(text: string, change: (body: string) => string): string | undefined {
  const line = parseExportLine(text.trim())
  if (line?.is !== 'entry') return undefined
  const { link, epoch } = line
  return `${entryLine(epoch, { ...link, body: change(link.body) })}\n`
}

const lineChanges: readonly LineChange[] = [
  { name: 'typo', make: (lines, one, pick) => lines.with(one, withTypo(lines[one]!, pick)) },
  { name: 'blank', make: (lines, one) => lines.with(one, lines[one]!.replace(':', ': ')) },
  { name: 'delete', make: (lines, one) => lines.toSpliced(one, 1) },
  {
    name: 'delete some',
    make: (lines, one, other) => lines.toSpliced(Math.min(one, other), Math.abs(one - other) + 1),
  },
  { name: 'repeat', make: (lines, one, other) => lines.toSpliced(other, 0, lines[one]!) },
  { name: 'junk', make: (lines, one) => lines.toSpliced(one, 0, '{"seq":1}\n') },
  {
    name: 'swap',
    make: (lines, one, other) =>
      lines[one] === lines[other]
        ? undefined
        : lines.with(one, lines[other]!).with(other, lines[one]!),
  },
  { name: 'cut lines', make: (lines, one) => lines.slice(0, one) },
  {
    name: 'cut bytes',
    make: (lines, one, pick) => [
      ...lines.slice(0, one),
      lines[one]!.slice(0, pick % (lines[one]!.length - 1)),
    ],
  },
  {
    name: 'edit, hashes computed anew',
    make(lines, one) {
      const edited = withBody(lines[one]!, (body) => `${body} `)
      return edited === undefined ? undefined : recomputed(lines.with(one, edited), one)
    },
  },
  {
    name: 'delete, hashes computed anew',
    make(lines, one) {
      if (withBody(lines[one]!, String) === undefined) return undefined
      return recomputed(lines.toSpliced(one, 1), one)
    },
  },
  {
    name: 'insert, hashes computed anew',
    make(lines, one) {
      if (withBody(lines[one]!, String) === undefined) return undefined
      return recomputed(lines.toSpliced(one, 0, lines[one]!), one)
    },
  },
]

export const lineChange = fc.constantFrom(...lineChanges)
