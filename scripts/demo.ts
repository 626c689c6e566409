// `npm run demo`: replays a recorded trace into a journal of its own and tells what happened in it.
// Needs no Docker. The journal stays, for the commands it shows at the end.
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { systemClock } from '../src/actors/clock.ts'
import { replay } from '../src/agent/replay.ts'
import { openTrace } from '../src/docker/trace.ts'
import { openJournal, type Journal } from '../src/index.ts'
import { seconds, storiesOf, type Story } from './demo/story.ts'

const path = resolve(import.meta.dirname, '../test/fixtures/traces/lifecycle')
const dir = await mkdtemp(join(tmpdir(), 'auditor-demo-'))
const say = (line = ''): void => void process.stdout.write(`${line}\n`)

await using journal = await openJournal({ dir })
await record(journal)
const stories = storiesOf(await Array.fromAsync(journal.entries({})))
tellLives(stories)
tellSameCode(stories)
tellLoops(stories)
suggest()

async function record(into: Journal): Promise<void> {
  const begun = performance.now()
  const times: bigint[] = []
  const { events, skipped } = await replay(
    {
      trace: await openTrace(path),
      speed: Infinity,
      clock: systemClock,
      async write({ entries }) {
        await into.append(entries)
        times.push(...entries.map(({ time }) => time))
      },
    },
    new AbortController().signal,
  )
  times.sort((a, b) => Number(a - b))
  const lasted = ((times.at(-1) ?? 0n) - (times[0] ?? 0n)) / 1_000_000n
  say(`Half a minute of a real Docker engine (${seconds(Number(lasted))}):`)
  say(
    `${events} events replayed in ${seconds(performance.now() - begun)}, ${times.length} kept in a journal, ` +
      `${skipped['health-check']} of health checks only counted.`,
  )
}

function tellLives(told: readonly Story[]): void {
  say('\nWHO LIVED, AND HOW IT ENDED')
  for (const { name, image, deaths, notes } of told) {
    const ends =
      deaths.length > 3 ? [] : deaths.map(({ code, ranMs }) => `${code} after ${seconds(ranMs)}`)
    const died =
      deaths.length > 3 ? [`died ${deaths.length} times`] : ends.map((end) => `died ${end}`)
    say(`  ${name.slice(0, 20).padEnd(20)}  ${image.padEnd(18)}  ${[...died, ...notes].join('; ')}`)
  }
}

function tellSameCode(told: readonly Story[]): void {
  const killed = told.flatMap(({ name, deaths }) =>
    deaths.filter(({ code }) => code === '137').map((death) => ({ name, ...death })),
  )
  say(`\nWHAT HID BEHIND THE SAME EXIT CODE (137, ${killed.length} times)`)
  for (const { name, reason } of killed) say(`  ${name.padEnd(20)}  ${reason}`)
}

function tellLoops(told: readonly Story[]): void {
  say('\nWHAT NO LIST OF RUNNING CONTAINERS SHOWS')
  for (const { name, deaths } of told) {
    const [first] = deaths
    if (first === undefined || deaths.length < 4) continue
    say(`  ${name.padEnd(20)}  a crash loop: exit ${first.code}, ${deaths.length} times`)
  }
  const short = told.filter(
    ({ deaths }) => deaths.length > 0 && deaths.every((d) => d.ranMs < 1000),
  )
  const names = short.map(({ name }) => name).join(', ')
  say(`  ${short.length} of ${told.length} containers never ran for a whole second: ${names}`)
}

function suggest(): void {
  say(`\nTRY NEXT (the journal is in ${dir}; remove it when you are done)`)
  say(`  npm run -s auditor -- events 'action:die OR action:oom' --data ${dir}`)
  say(`  npm run -s auditor -- events 'name:web-a NOT type:network' --data ${dir}`)
  say(`  npm run -s auditor -- events 'name:hog-a' -o ndjson --data ${dir}`)
  say('  npm start                                  # record your own Docker')
}
