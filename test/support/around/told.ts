import { DatabaseSync } from 'node:sqlite'
import { execState } from '../../../src/cli/exec-text.ts'
import { selectExecs, type ExecRow } from '../../../src/lives/exec-row.ts'
import { createProjection } from '../../../src/lives/projection.ts'
import { createTables } from '../../../src/lives/schema.ts'
import type { Entry } from '../../../src/model/entry.ts'
import { updateText } from '../../../src/model/update.ts'
import type { Around } from './expected.ts'

/** Longer than any finding waits for its end, in ns. */
const LONG = 1_000_000_000_000n

interface Told extends Around {
  readonly people: string[]
  readonly checks: string[]
  readonly updates: string[]
  readonly findings: string[]
}

/** What is told of each container, by its name, once it was quiet for long. How it is run (`posture`) is left out. */
export function aroundOf(entries: readonly Entry[]): (container: string) => Around {
  const all = new Map<string, Told>()
  const of = (name: string): Told => {
    const told = all.get(name) ?? { people: [], checks: [], updates: [], findings: [] }
    all.set(name, told)
    return told
  }
  const db = new DatabaseSync(':memory:')
  try {
    createTables(db)
    const projection = createProjection(db, false)
    let seq = 0
    const take = (entry: Entry): void => projection.take([{ ...entry, seq: ++seq }], '0')
    const tell = (quiet: bigint): void => {
      for (
        let due = projection.due(() => quiet);
        due.length > 0;
        due = projection.due(() => quiet)
      ) {
        for (const entry of due) {
          take(entry)
          if (entry.kind === 'life') continue
          of(entry.container.name).findings.push(`${entry.finding} ${entry.state}`)
        }
      }
    }
    for (const entry of entries) {
      take(entry)
      tell(0n)
      if (entry.kind !== 'record' || entry.update === undefined) continue
      of(entry.container?.name ?? '').updates.push(updateText(entry.update, entry.container))
    }
    tell(LONG)
    for (const row of [...selectExecs(db, {})].reverse()) {
      const { people, checks } = of(row.container.name)
      if (row.who !== 'health-check') people.push(lineOf(row))
      else if (checks.at(-1) !== codeOf(row)) checks.push(codeOf(row))
    }
  } finally {
    db.close()
  }
  return (container) => {
    const told = of(container)
    return { ...told, people: told.people.toSorted() }
  }
}

const codeOf = ({ exitCode }: ExecRow): string => String(exitCode ?? '?')

/** `sleep 2: person, exit 0, ended` */
const lineOf = (row: ExecRow): string =>
  `${row.command ?? '?'}: ${row.who}, exit ${codeOf(row)}, ${execState(row)}`
