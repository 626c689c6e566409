import { GENESIS, createChainHash, seal, type ChainPlace } from '../src/journal/chain.ts'
import type { Journal } from '../src/journal/journal.ts'
import { pack, slotsOf } from '../src/journal/packed.ts'
import { encodeEntry } from '../src/model/entry-codec.ts'
import type { Record } from '../src/model/entry.ts'
import { verifyJournal } from '../src/query/verify-journal.ts'
import type { Case, Options, Row } from './support/case.ts'
import { verifyChain } from '../test/support/journal/verify-chain.ts'
import { recordGroups } from './support/entries.ts'
import { openBenchJournal } from './support/journal.ts'
import { seconds } from './support/measure.ts'
import { withScratch } from './support/scratch.ts'

const perRun = 25_000

export const proof: Case = {
  summary:
    'what the hash chain costs: sealing as a share of appending, checking as a share of reading; and verifying',
  run: (options) => withScratch((folder) => measure(folder, options)),
}

async function measure(folder: string, { runs }: Options): Promise<readonly Row[]> {
  await using journal = await openBenchJournal(folder)
  const reader = await journal.reader('proof', 'start')
  const sealing: number[] = []
  const checking: number[] = []
  const verifying: number[] = []
  for (let round = 0; round <= runs; round++) {
    const groups = recordGroups(perRun, round * perRun)
    const appended = await seconds(() => appendAll(journal, groups))
    const sealed = await seconds(sealAll(groups))
    const read = await seconds(async () => {
      for (let left = perRun; left > 0;) {
        const page = await reader.read({ entries: 500, bytes: 8 * 1024 * 1024 })
        if (page === undefined) break
        left -= page.entries.length
        await reader.commit(page)
      }
    })
    const checked = await seconds(checkAll(groups))
    const { lastSeq } = await journal.stats()
    const verified = await seconds(async () => {
      const { breakCount } = await verifyJournal(journal)
      if (breakCount > 0) throw new Error('the benchmark wrote a broken chain')
    })
    if (round === 0) continue
    sealing.push((100 * sealed) / appended)
    checking.push((100 * checked) / read)
    verifying.push(lastSeq / verified)
  }
  return [
    { figure: 'hash chain, of the time of appending', unit: '%', values: sealing },
    { figure: 'check on read, of the time of reading and confirming', unit: '%', values: checking },
    { figure: 'verify', unit: 'entries/s', values: verifying },
  ]
}

async function appendAll(journal: Journal, groups: readonly Record[][]): Promise<void> {
  for (const group of groups) await journal.append(group)
}

/** As the writer does it, on texts that are packed already. */
function sealAll(groups: readonly Record[][]): () => void {
  const packed = groups.map((group) =>
    pack(group.map((record) => ({ id: record.id, body: encodeEntry(record) }))),
  )
  return () => {
    let head: Uint8Array = GENESIS
    let seq = 1
    for (const group of packed)
      for (const { slot } of slotsOf(group)) head = seal(slot, head, seq++)
  }
}

/** As it is done with each row that is read. */
function checkAll(groups: readonly Record[][]): () => void {
  const chainHash = createChainHash()
  let head: ChainPlace = { seq: 0, hash: GENESIS }
  const start = head
  const links = groups.flat().map((record) => {
    const body = encodeEntry(record)
    const seq = head.seq + 1
    head = { seq, hash: chainHash(head.hash, seq, body) }
    return { ...head, body }
  })
  return () => {
    if (verifyChain(links, start, head) !== undefined) throw new Error('the chain is broken')
  }
}
