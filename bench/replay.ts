import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openJournalView } from '../src/journal/open.ts'
import { encodeEntry } from '../src/model/entry-codec.ts'
import { build } from './support/agent-process.ts'
import type { Case } from './support/case.ts'
import { withScratch } from './support/scratch.ts'

const root = join(import.meta.dirname, '..')
const recorded = join(root, 'test/fixtures/traces/lifecycle')
const shortLines = 100_000
const longLines = 1_000_000
/** Two, so that their outcomes can be compared. */
const ROUNDS = 2

export const replay: Case = {
  summary: 'the recorded trace, repeated with shifted times, through `auditor replay`',
  async run() {
    await build()
    const rate: number[] = []
    const short: number[] = []
    const long: number[] = []
    const hashes = new Set<string>()
    await withScratch(async (traces) => {
      const [few, many] = [join(traces, 'few'), join(traces, 'many')]
      await writeTrace(`${few}.ndjson`, shortLines)
      await writeTrace(`${many}.ndjson`, longLines)
      for (let run = 0; run < ROUNDS; run++) {
        short.push((await replayed(`${few}.ndjson`)).peakMiB)
        const { peakMiB, seconds, hash } = await replayed(`${many}.ndjson`)
        long.push(peakMiB)
        rate.push(longLines / seconds)
        hashes.add(hash)
      }
    })
    return [
      { figure: 'replay of 1,000,000 lines', unit: 'events/s', values: rate },
      {
        figure: 'peak RSS, 1,000,000 lines',
        unit: 'MiB',
        values: long,
        beside: { what: '100,000 lines', values: short },
        aim: { of: 'ratio', atMost: 1.1 },
      },
      {
        figure: 'different outcomes of the same trace',
        unit: '',
        values: [hashes.size],
        aim: { of: 'median', atMost: 1 },
      },
    ]
  },
}

/** The recorded events again and again, each time a minute later. */
async function writeTrace(path: string, lines: number): Promise<void> {
  const events = readFileSync(join(recorded, 'events.ndjson'), 'utf8').trimEnd().split('\n')
  const out = createWriteStream(path)
  for (let line = 0; line < lines; line++) {
    const shift = BigInt(Math.floor(line / events.length)) * 60_000_000_000n
    const text = events[line % events.length]!.replace(
      /"time":(\d+),"timeNano":(\d+)\}$/,
      (_, time: string, nanos: string) =>
        `"time":${BigInt(time) + shift / 1_000_000_000n},"timeNano":${BigInt(nanos) + shift}}`,
    )
    if (!out.write(`${text}\n`)) await once(out, 'drain')
  }
  out.end()
  await once(out, 'close')
}

/** One replay by the compiled program, and a hash over every entry it recorded, in order. */
function replayed(trace: string) {
  return withScratch(async (dir) => {
    const tellPeak =
      'data:text/javascript,process.on("exit",()=>console.error("peak "+process.resourceUsage().maxRSS))'
    const began = performance.now()
    const child = spawn(
      process.execPath,
      ['--import', tellPeak, join(root, 'dist/cli/main.js'), 'replay', trace, '--data', dir],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    const [code] = (await once(child, 'exit')) as [number | null]
    const seconds = (performance.now() - began) / 1000
    if (code !== 0) throw new Error(`auditor replay ended with ${code}: ${said.slice(-2000)}`)
    const peakMiB = Number(/^peak (\d+)$/m.exec(said)![1]) / 1024
    return { seconds, peakMiB, hash: await hashOf(dir) }
  })
}

async function hashOf(dir: string): Promise<string> {
  const hash = createHash('sha256')
  await using view = await openJournalView(dir)
  for await (const entry of view.entries({})) {
    // The journal's own markers carry the time of the replay, not the trace's.
    if (entry.kind === 'marker' && entry.marker !== 'line-undecodable') continue
    hash.update(encodeEntry(entry)).update('\n')
  }
  return hash.digest('hex')
}
