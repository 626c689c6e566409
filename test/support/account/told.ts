import { createHash } from 'node:crypto'

/** An event as an engine told it, read without any of the product's code. */
export interface Told {
  /** By the rule of ARCHITECTURE.md ("Identity"), written down here a second time. */
  readonly id: string
  /** Nanoseconds since the epoch. */
  readonly time: bigint
  /** The engine's own JSON. */
  readonly line: string
  readonly type: string
  readonly action: string
  /** Of a container: its id. */
  readonly actorId: string
  /** Where the event has one. */
  readonly exitCode?: string
  /** Name of the container, network, ... where the event has one. */
  readonly name: string
}

interface Line {
  readonly Type: string
  readonly Action: string
  readonly Actor: { readonly ID: string; readonly Attributes: { readonly [name: string]: string } }
}

/** @param line one event as JSON, as `docker events --format '{{json .}}'` or the API gives it */
export function toldBy(engineId: string, line: string): Told {
  const { Type: type, Action: action, Actor: actor } = JSON.parse(line) as Line
  // Beyond 2^53 JSON.parse rounds; within a string the quotes would be escaped.
  const time = BigInt(/"timeNano":(\d+)/.exec(line)![1]!)
  const attributes = Object.entries(actor.Attributes)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flat()
  const content = [engineId, type, action, actor.ID, String(time), attributes]
  const digest = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  const id = time.toString(16).padStart(16, '0') + digest.slice(0, 16)
  const { name = '', exitCode } = actor.Attributes
  const told = { id, time, line, type, action, actorId: actor.ID, name }
  return exitCode === undefined ? told : { ...told, exitCode }
}

/** What an engine told, each event once: it may come from the history and live. */
export function eachOnce(engineId: string, lines: readonly string[]): ReadonlyMap<string, Told> {
  return new Map(lines.map((line) => toldBy(engineId, line)).map((told) => [told.id, told]))
}
