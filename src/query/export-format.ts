import type { ChainPlace } from '../journal/chain.ts'
import type { Seq } from '../model/entry.ts'
import type { TrailLink } from './chain-fit.ts'

/*
 * An exported trail: one JSON object a line.
 *
 *     {"auditor":"export","version":1,"epoch":"1f...","base":{"seq":0,"hash":"00..."}}
 *     {"seq":1,"epoch":"1f...","hash":"9c...","body":"{\"kind\":\"marker\",..."}
 *     ...
 *     {"auditor":"end","epoch":"1f...","entries":7,"head":{"seq":7,"hash":"4d..."}}
 *
 * `body` is the text the hash covers, as text, so that no program that reads and writes the line again
 * changes it. A line that is not exactly as it would be written is not as it was.
 */

const VERSION = 1

export interface ExportHeader {
  readonly epoch: string
  readonly base: ChainPlace
}

export interface ExportFooter {
  readonly epoch: string
  readonly entries: number
  readonly head: ChainPlace
}

export type ExportLine =
  | { readonly is: 'header'; readonly header: ExportHeader }
  | { readonly is: 'entry'; readonly epoch: string; readonly link: TrailLink }
  | { readonly is: 'footer'; readonly footer: ExportFooter }

export function headerLine({ epoch, base }: ExportHeader): string {
  return JSON.stringify({ auditor: 'export', version: VERSION, epoch, base: written(base) })
}

export function entryLine(epoch: string, { seq, hash, body }: TrailLink): string {
  return JSON.stringify({ seq, epoch, hash: hexOf(hash), body })
}

export function footerLine({ epoch, entries, head }: ExportFooter): string {
  return JSON.stringify({ auditor: 'end', epoch, entries, head: written(head) })
}

/** `undefined` where a line is not exactly as one of these would be written. */
export function parseExportLine(text: string): ExportLine | undefined {
  let raw: Raw | null
  try {
    raw = JSON.parse(text) as Raw | null
  } catch {
    return undefined
  }
  if (typeof raw !== 'object' || raw === null || typeof raw.epoch !== 'string') return undefined
  const parsed = lineOf(raw, raw.epoch)
  return parsed !== undefined && textOf(parsed) === text ? parsed : undefined
}

interface Raw {
  readonly auditor?: unknown
  readonly epoch?: unknown
  readonly seq?: unknown
  readonly hash?: unknown
  readonly body?: unknown
  readonly entries?: unknown
  readonly base?: unknown
  readonly head?: unknown
}

function lineOf(raw: Raw, epoch: string): ExportLine | undefined {
  if (raw.auditor === 'export') {
    const base = placeOf(raw.base)
    return base === undefined ? undefined : { is: 'header', header: { epoch, base } }
  }
  if (raw.auditor === 'end') {
    const { entries } = raw
    const head = placeOf(raw.head)
    if (head === undefined || typeof entries !== 'number') return undefined
    return { is: 'footer', footer: { epoch, entries, head } }
  }
  const place = placeOf(raw)
  if (place === undefined || typeof raw.body !== 'string') return undefined
  return { is: 'entry', epoch, link: { ...place, body: raw.body } }
}

function textOf(line: ExportLine): string {
  switch (line.is) {
    case 'header':
      return headerLine(line.header)
    case 'entry':
      return entryLine(line.epoch, line.link)
    case 'footer':
      return footerLine(line.footer)
  }
}

function placeOf(value: unknown): ChainPlace | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { seq, hash } = value as { seq?: unknown; hash?: unknown }
  const isPlace = Number.isSafeInteger(seq) && (seq as Seq) >= 0 && typeof hash === 'string'
  return isPlace ? { seq: seq as Seq, hash: Buffer.from(hash, 'hex') } : undefined
}

const written = ({ seq, hash }: ChainPlace): object => ({ seq, hash: hexOf(hash) })
const hexOf = (hash: Uint8Array): string => Buffer.from(hash).toString('hex')
