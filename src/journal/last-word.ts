import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import type { Before } from './beginning.ts'

const CHUNK_BYTES = 1024 * 1024
/** An anchor's details as they are written, see `anchors.ts`. */
const LEAD = '"marker":"anchor","data":'
const DETAILS = /^\{"epoch":"([0-9a-f]{16})","seq":(\d{1,16}),"hash":"([0-9a-f]{64})"\}/
/** Of an anchor, from its lead on: what one chunk keeps for the next. */
const LONGEST = 256

/**
 * The last anchor of a journal that is damaged beyond use, looked for in the bytes of its files, so
 * that the journal begun after it can name it. Reads them once from end to end.
 */
export function lastWordOf(file: string): Before {
  let word: { readonly epoch: string; readonly seq: number; readonly hash: string } | undefined
  for (const path of [file, `${file}-wal`]) {
    for (const text of existsSync(path) ? textsOf(path) : []) {
      for (let at = text.indexOf(LEAD); at >= 0; at = text.indexOf(LEAD, at + 1)) {
        const [, epoch, place, hash] =
          DETAILS.exec(text.slice(at + LEAD.length, at + LONGEST)) ?? []
        const seq = Number(place)
        if (epoch !== undefined && hash !== undefined && !(seq <= (word?.seq ?? -1))) {
          word = { epoch, seq, hash }
        }
      }
    }
  }
  if (word === undefined) return {}
  return { previousEpoch: word.epoch, previousSeq: word.seq, previousHash: word.hash }
}

/** The file in pieces, one character a byte; each repeats the end of the one before. */
function* textsOf(path: string): Generator<string> {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(LONGEST + CHUNK_BYTES)
    let kept = 0
    for (;;) {
      const read = readSync(file, buffer, kept, CHUNK_BYTES, null)
      if (read === 0) return
      const end = kept + read
      yield buffer.toString('latin1', 0, end)
      kept = Math.min(LONGEST, end)
      buffer.copyWithin(0, end - kept, end)
    }
  } finally {
    closeSync(file)
  }
}
