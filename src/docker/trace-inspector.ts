import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { ContainerFacts } from '../model/container-facts.ts'
import type { Nanoseconds } from '../model/time.ts'
import { containerFacts } from './facts.ts'
import type { Inspector } from './port.ts'

/** Inspect answers out of a trace, matched to the event that is being replayed. */
export interface TraceInspector extends Inspector {
  /** The event that the next questions are about happened now. */
  at(time: Nanoseconds): void
  close(): void
}

interface Answer {
  readonly at: Nanoseconds
  readonly id: string
  readonly inspect?: unknown
}

/** How long after its event an answer may have been recorded. */
const HORIZON: Nanoseconds = 10_000_000_000n
/** Answers held for events still to come. */
const MAX_HELD = 2_000

/**
 * Gives each question the first recorded answer for that container made at or after the event, so
 * that every replay asks and hears the same. The file is read forward as the events advance: memory
 * does not grow with it.
 */
export function createTraceInspector(file: string | undefined): TraceInspector {
  const source = file === undefined ? undefined : answers(file)
  const held: Answer[] = []
  let now: Nanoseconds = 0n
  let last: Nanoseconds = 0n
  let ended = source === undefined
  /** Questions wait for one another: there is one file to read. */
  let turn: Promise<unknown> = Promise.resolve()

  async function find(id: string, time: Nanoseconds): Promise<ContainerFacts | undefined> {
    forget(time)
    for (let i = 0; i < held.length; i++) {
      if (held[i]!.id === id) return facts(held.splice(i, 1)[0]!)
    }
    while (!ended && last <= time + HORIZON) {
      const next = await source!.next()
      if (next.done === true) {
        ended = true
        break
      }
      last = next.value.at
      if (next.value.at < time) continue
      if (next.value.id === id) return facts(next.value)
      held.push(next.value)
      if (held.length > MAX_HELD) held.shift()
    }
    return undefined
  }

  function forget(before: Nanoseconds): void {
    while (held.length > 0 && held[0]!.at < before) held.shift()
  }

  return {
    at(time) {
      now = time
    },
    inspect(id) {
      const time = now
      const answer = turn.then(() => find(id, time))
      turn = answer.catch(() => undefined)
      return answer
    },
    list: () => Promise.resolve([]),
    close() {
      ended = true
      void source?.return()
    },
  }
}

function facts(answer: Answer): ContainerFacts | undefined {
  return answer.inspect === undefined ? undefined : containerFacts(answer.inspect)
}

/** Opens the file when the first answer is asked for: lines read before would be lost. */
async function* answers(file: string): AsyncGenerator<Answer, void> {
  const input = createReadStream(file)
  try {
    for await (const line of createInterface({ input, crlfDelay: Infinity })) {
      const answer = parse(line)
      if (answer !== undefined) yield answer
    }
  } finally {
    input.destroy()
  }
}

/** A line that is no answer is none: the events it would have enriched say `missing`. */
function parse(line: string): Answer | undefined {
  try {
    const { at, id, inspect } = JSON.parse(line) as { at?: number; id?: string; inspect?: unknown }
    if (typeof at !== 'number' || typeof id !== 'string') return undefined
    return { at: BigInt(at), id, inspect }
  } catch {
    return undefined
  }
}
