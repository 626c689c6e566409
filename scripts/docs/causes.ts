import { compare, confusion, type Compared } from '../../test/support/causes/confusion.ts'
import {
  causeFixtures,
  readCauseFixture,
  readEngineEnds,
} from '../../test/support/causes/fixtures.ts'
import { entriesOf, toldOf } from '../../test/support/causes/told.ts'
import { CAUSES } from '../../src/model/life/life.ts'
import { pageOf, row, table, type Page } from './page.ts'

interface Recorded {
  readonly title: string
  readonly compared: readonly Compared[]
  /** Why a scenario was not made. */
  readonly skipped: ReadonlyMap<string, string>
}

const WORDS = [...CAUSES, 'nothing']

/** docs/causes.md: what was told of the recordings in test/fixtures/causes, against the truth. */
export async function causesPage(): Promise<Page> {
  const recorded = await Promise.all(causeFixtures.map(readRecorded))
  const tables = recorded.map(
    ({ title, compared }) => `### ${title}\n\n${confusionTable(compared)}`,
  )
  return pageOf('causes.md', { confusion: tables.join('\n\n'), scenarios: scenarioTable(recorded) })
}

async function readRecorded(name: string): Promise<Recorded> {
  const { engine, containers, truth } = readCauseFixture(name)
  const ends = readEngineEnds(name)
  const skipped = Object.entries(truth.scenarios).flatMap(([scenario, each]) =>
    'skipped' in each ? [[scenario, each.skipped] as const] : [],
  )
  return {
    title: `${projectOf(name)} ${engine.version}`,
    compared: [
      ...compare(containers, toldOf(await entriesOf(name))),
      ...(ends === undefined ? [] : compare(ends.containers, toldOf(ends.entries))),
    ],
    skipped: new Map(skipped),
  }
}

function projectOf(fixture: string): string {
  if (fixture.startsWith('podman')) return 'Podman'
  return fixture.startsWith('moby') ? 'moby' : 'Docker'
}

function confusionTable(compared: readonly Compared[]): string {
  const counts = confusion(compared)
  const told = WORDS.filter((word) => [...counts.values()].some((each) => each.has(word)))
  const rows = WORDS.filter((word) => counts.has(word)).map((truth) => {
    const each = counts.get(truth)!
    return row(truth, ...told.map((word) => String(each.get(word) ?? '')))
  })
  return table(['true \\ told', ...told.map((word) => `\`${word}\``)], rows)
}

function scenarioTable(recorded: readonly Recorded[]): string {
  const names = new Set(recorded.flatMap(({ compared }) => compared.map((each) => each.scenario)))
  const rows = [...names].map((name) => {
    const cells = recorded.map(({ compared, skipped }) => {
      const own = compared.filter(({ scenario }) => scenario === name)
      return own.length === 0 ? (skipped.get(name) ?? '–') : told(own)
    })
    const truths = recorded.map(({ compared }) => truthOf(compared, name))
    return row(name, truths.find((truth) => truth !== '') ?? '', ...cells)
  })
  return table(['scenario', 'what is true', ...recorded.map(({ title }) => title)], rows)
}

/** The causes of its runs, one after the other. */
function truthOf(compared: readonly Compared[], name: string): string {
  const own = compared.filter(({ scenario }) => scenario === name)
  const runs = own.filter(({ container }) => container === own[0]!.container)
  return [...new Set(runs.map(({ truth }) => truth))].join(', ')
}

/** `20 right, 20 unknown`. */
function told(own: readonly Compared[]): string {
  const words = own.map(({ verdict, told }) => {
    if (verdict === 'right') return 'right'
    return verdict === 'wrong' ? `WRONG: ${told}` : told
  })
  const counts = Object.entries(Object.groupBy(words, (word) => word))
  return counts.map(([word, each]) => `${each!.length} ${word}`).join(', ')
}
