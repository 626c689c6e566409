import { Client } from '@elastic/elasticsearch'
import type { Journal } from '../src/journal/journal.ts'
import { ecs } from '../src/sinks/formats/ecs.ts'
import { elasticsearchOptions } from '../src/sinks/elasticsearch/options.ts'
import { createElasticsearchSink } from '../src/sinks/elasticsearch/sink.ts'
import { elasticsearch, type ElasticsearchNode } from '../test/support/elasticsearch.ts'
import { drainInto, fillJournal } from './drain.ts'
import type { Case } from './support/case.ts'
import { openBenchJournal } from './support/journal.ts'
import { seconds } from './support/measure.ts'
import { withScratch } from './support/scratch.ts'

const entries = 20_000
const batch = 1_000

/** A figure for each: one is the plain loop over `client.bulk`, more is what may be set for the sink. */
const inFlights = [1, 2, 3, 4]

export const drainElasticsearch: Case = {
  summary:
    'the journal through a shipper into Elasticsearch, beside client.bulk of the same documents',
  async run({ runs }) {
    const node = await elasticsearch.find()
    if ('missing' in node) throw new Error(`${elasticsearch.name} is missing: ${node.missing}`)
    return withScratch(async (folder) => {
      await using journal = await openBenchJournal(folder)
      await fillJournal(journal, entries)
      const documents = await rendered(journal)
      const rates = inFlights.map((inFlight) => ({
        inFlight,
        ours: [] as number[],
        bare: [] as number[],
      }))
      for (let run = 0; run <= runs; run++) {
        for (const { inFlight, ours, bare } of rates) {
          const name = `${inFlight}-${run}`
          const oursRate = await shipped(node, journal, documents.length, `ours-${name}`, inFlight)
          const bareRate = await bulked(node, documents, `bare-${name}`, inFlight)
          if (run === 0) continue
          ours.push(oursRate)
          bare.push(bareRate)
        }
      }
      return rates.map(({ inFlight, ours, bare }) => ({
        figure: `drain to Elasticsearch, ${inFlight} in flight`,
        unit: 'entries/s',
        values: ours,
        beside: { what: `client.bulk, ${inFlight} in flight`, values: bare },
        aim: { of: 'ratio', atLeast: 0.9 },
      }))
    })
  },
}

async function shipped(
  node: ElasticsearchNode,
  journal: Journal,
  count: number,
  index: string,
  inFlight: number,
): Promise<number> {
  const options = elasticsearchOptions.parse({ urls: [node.url], index, template: 'false' })
  const taken = await drainInto(journal, createElasticsearchSink(options, index), batch, inFlight)
  await expectAll(node, index, count)
  return count / taken
}

interface Document {
  readonly id: string
  readonly text: string
}

async function rendered(journal: Journal): Promise<readonly Document[]> {
  const documents: Document[] = []
  for await (const entry of journal.entries({})) documents.push({ id: entry.id, text: ecs(entry) })
  return documents
}

/**
 * The client's own call with documents that are text already, in a plain loop, or as many of these
 * loops as may be in flight.
 */
async function bulked(
  node: ElasticsearchNode,
  documents: readonly Document[],
  index: string,
  inFlight: number,
): Promise<number> {
  const client = new Client({ node: node.url, maxRetries: 0 })
  let next = 0
  async function loop(): Promise<void> {
    while (next < documents.length) {
      const operations = documents
        .slice(next, (next += batch))
        .flatMap(({ id, text }) => [{ create: { _id: id } }, text])
      const { errors } = await client.bulk({ index, operations })
      if (errors) throw new Error('a document was refused')
    }
  }
  const taken = await seconds(() => Promise.all(Array.from({ length: inFlight }, loop)))
  await client.close()
  await expectAll(node, index, documents.length)
  return documents.length / taken
}

async function expectAll(node: ElasticsearchNode, index: string, wanted: number): Promise<void> {
  await node.call('POST', `${index}/_refresh`)
  const { count } = (await node.call('GET', `${index}/_count`)) as { count: number }
  if (count !== wanted) throw new Error(`${index} has ${count} documents of ${wanted}`)
  await node.call('DELETE', index)
}
