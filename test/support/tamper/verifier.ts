import { GENESIS, createChainHash } from '../../../src/journal/chain.ts'
import type { JournalView } from '../../../src/journal/journal.ts'
import type { ChainVerdict, SinkVerdict } from '../../../src/query/verdict.ts'
import { parseExportLine } from '../../../src/query/export-format.ts'
import { verifyExport } from '../../../src/query/verify-file.ts'
import { verifyJournal } from '../../../src/query/verify-journal.ts'
import { verifySink, type SinkQuestion } from '../../../src/query/verify-sink.ts'
import { parseExactly } from '../../../src/model/exact-json.ts'
import { proofOf } from '../../../src/sinks/formats/ecs-proof.ts'

type TrailView = Pick<JournalView, 'chain' | 'links' | 'cursors'>

export interface Verifier {
  journal(trail: TrailView): Promise<ChainVerdict>
  sink(question: SinkQuestion): Promise<SinkVerdict>
  file(lines: readonly string[]): Promise<ChainVerdict>
}

export const verifier: Verifier = {
  journal: (trail) => verifyJournal(trail),
  sink: (question) => verifySink(question),
  file: (lines) => verifyExport(chunksOf(lines)),
}

async function* chunksOf(lines: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const line of lines) yield Buffer.from(line)
}

const ofJournal = (change: (trail: TrailView) => TrailView): Verifier => ({
  ...verifier,
  journal: (trail) => verifyJournal(change(trail)),
})

const ofSink = (change: (question: SinkQuestion) => SinkQuestion): Verifier => ({
  ...verifier,
  sink: (question) => verifySink(change(question)),
})

const ofFile = (change: (lines: readonly string[]) => readonly string[]): Verifier => ({
  ...verifier,
  file: (lines) => verifyExport(chunksOf(change(lines))),
})

/** Documents as the comparison gets to see them; `undefined` hides one. */
const seeing = (
  { received, ...rest }: SinkQuestion,
  see: (document: unknown) => unknown,
): SinkQuestion => ({
  ...rest,
  received: {
    ...received,
    async *documents(epoch, signal) {
      for await (const page of received.documents(epoch, signal)) {
        const documents = page.documents.flatMap((each) => {
          const document = see(each.document)
          return document === undefined ? [] : [{ ...each, document }]
        })
        yield { ...page, documents }
      }
    },
  },
})

/** Bugs of a verifier, each of which some property must find. */
export const brokenJournalVerifiers: { readonly [bug: string]: Verifier } = {
  'the noted end is not looked at': ofJournal((trail) => ({
    ...trail,
    async chain() {
      const ends = await trail.chain()
      let { base: head } = ends
      for (let page = await trail.links(0); page.links.length > 0;) {
        head = page.links.at(-1)!
        page = await trail.links(head.seq)
      }
      return { ...ends, head }
    },
  })),
  'a pruned journal is followed from nothing': ofJournal((trail) => ({
    ...trail,
    chain: async () => ({ ...(await trail.chain()), base: { seq: 0, hash: GENESIS } }),
    links: async (after) => ({ ...(await trail.links(after)), base: { seq: 0, hash: GENESIS } }),
  })),
  'hashes are believed': ofJournal((trail) => ({
    ...trail,
    async links(after) {
      const page = await trail.links(after)
      const chainHash = createChainHash()
      let { hash } = after <= page.base.seq ? page.base : (await trail.links(after - 1)).links[0]!
      const links = page.links.map((link) => {
        hash = chainHash(hash, link.seq, link.body)
        return { ...link, hash }
      })
      return { ...page, links }
    },
  })),
  'keys are not compared': ofJournal((trail) => ({
    ...trail,
    async links(after) {
      const page = await trail.links(after)
      const links = page.links.map((link) => ({
        ...link,
        id: Buffer.from(/"id":"([0-9a-f]{32})/.exec(link.body)?.[1] ?? '', 'hex'),
      }))
      return { ...page, links }
    },
  })),
  'only what the journal notes is read': ofJournal((trail) => ({
    ...trail,
    async links(after) {
      const page = await trail.links(after)
      return { ...page, links: page.links.filter(({ seq }) => seq <= page.head.seq) }
    },
  })),
  'the last entry is passed over': ofJournal((trail) => ({
    ...trail,
    async links(after) {
      const page = await trail.links(after)
      return { ...page, links: page.links.filter(({ seq }) => seq !== page.head.seq) }
    },
  })),
}

export const brokenSinkVerifiers: { readonly [bug: string]: Verifier } = {
  'what the sink has behind the end is passed over': ofSink((question) => {
    const { trail } = question
    let head = 0
    const watched = {
      ...trail,
      async chain() {
        const ends = await trail.chain()
        head = ends.head.seq
        return ends
      },
    }
    const see = (document: unknown): unknown =>
      (proofOf(document).seq ?? 0) > head ? undefined : document
    return seeing({ ...question, trail: watched }, see)
  }),
  "a document's hash is not compared": ofSink((question) => {
    const { trail } = question
    const hashes = new Map<number, string>()
    const watched = {
      ...trail,
      async find(seqs: readonly number[]) {
        const entries = await trail.find(seqs)
        return entries.map((entry) => {
          const hash = hashes.get(entry.seq)
          return entry.seal === undefined || hash === undefined
            ? entry
            : { ...entry, seal: { ...entry.seal, hash } }
        })
      },
    }
    const see = (document: unknown): unknown => {
      const { seq, hash } = proofOf(document)
      if (seq !== undefined && hash !== undefined) hashes.set(seq, hash)
      return document
    }
    return seeing({ ...question, trail: watched }, see)
  }),
  "a document's fields are not compared": ofSink((question) => {
    let documents = new Map<string, unknown>()
    const see = (document: unknown): unknown => {
      documents.set(proofOf(document).id ?? '', document)
      return document
    }
    const seen = seeing(question, see)
    const { received } = seen
    const write = (entry: Parameters<typeof received.write>[0]): string =>
      JSON.stringify(documents.get(entry.id) ?? parseExactly(received.write(entry)))
    return { ...seen, received: { ...received, write } }
  }),
  'what is not there is not missed': ofSink((question) => ({
    ...question,
    cursor: { ...question.cursor, confirmed: 0 },
  })),
  'the filter is forgotten': ofSink((question) => ({ ...question, accepts: () => true })),
  'dead letters are missed': ofSink((question) => ({ ...question, deadLetters: new Set() })),
  "what is another sink's is missed": ofSink((question) => ({
    ...question,
    trail: {
      ...question.trail,
      find: async (seqs) =>
        (await question.trail.find(seqs)).map((entry) =>
          entry.kind === 'gap' && entry.sink !== undefined
            ? { ...entry, sink: question.cursor.sink }
            : entry,
        ),
    },
  })),
}

export const brokenFileVerifiers: { readonly [bug: string]: Verifier } = {
  'an end that is not there is not missed': ofFile((lines) => {
    const body = lines.filter((line) => !line.startsWith('{"auditor"'))
    const last = JSON.parse(body.at(-1) ?? '{}') as { seq?: number; epoch?: string; hash?: string }
    const { seq = 0, epoch = '', hash = '' } = last
    const end = { auditor: 'end', epoch, entries: body.length, head: { seq, hash } }
    return [...lines.slice(0, 1), ...body, `${JSON.stringify(end)}\n`]
  }),
  'lines that are none of an export are passed over': ofFile((lines) =>
    lines.filter((line) => parseExportLine(line.trimEnd()) !== undefined),
  ),
  'a line is read whatever stands around it': ofFile((lines) =>
    lines.map((line) => {
      try {
        return `${JSON.stringify(JSON.parse(line))}\n`
      } catch {
        return line
      }
    }),
  ),
}
