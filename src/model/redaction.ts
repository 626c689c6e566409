import type { ContainerFacts } from './container-facts.ts'
import type { DockerEvent } from './docker-event.ts'
import { eventView, type WireEvent } from './entry-codec.ts'
import type { Entry, Marker } from './entry.ts'
import { exactNumber, type Reviver } from './exact-json.ts'
import { isHarmlessValue, isSecretName } from './secret-names.ts'
import { createLook } from './secret-look.ts'
import { isServiceMarker } from './service-marker.ts'
import { ARGUMENT_END, REDACTED, mayHoldSecrets, withoutSecrets } from './secret-texts.ts'

/**
 * P11: takes secrets out of what is kept. What was redacted once stays as it is when it is redacted
 * again. Ids are made before and never change.
 */
export interface Redactor {
  text(text: string): string
  /** A value that has a name, such as a label: the name alone may make it a secret. */
  value(name: string, value: string): string
  /** A command line in its arguments: one may name the secret that the next one is. */
  command(args: readonly string[]): readonly string[]
  /** The same object where there is nothing to redact. */
  entry<E extends Entry>(entry: E): E
}

export interface RedactionOptions {
  /** Further texts to redact, all of what matches, beside what is known to be secret. */
  readonly patterns?: readonly RegExp[]
}

/**
 * Redacts action texts (command lines of execs), attributes and labels by their name and by their
 * value, fields this program doesn't know, and in facts the labels, command, health check, image
 * name, mounts and the error of a start. The engine's line is written anew where something changed:
 * numbers keep their digits and unknown fields their place.
 */
export function createRedactor(options: RedactionOptions = {}): Redactor {
  const patterns = (options.patterns ?? []).map(everywhere)
  const look = createLook()
  /** Facts are shared by many entries: look through them once. */
  const seen = new WeakMap<ContainerFacts, ContainerFacts>()

  function mayChange(text: string): boolean {
    return mayHoldSecrets(text) || patterns.some((pattern) => text.search(pattern) >= 0)
  }

  function text(input: string): string {
    if (!mayChange(input)) return input
    let result = withoutSecrets(input)
    for (const pattern of patterns) result = result.replace(pattern, REDACTED)
    return result
  }

  const valueOf = (name: string, value: string): string =>
    isSecretName(name) && !isHarmlessValue(value) ? REDACTED : text(value)

  function event(input: DockerEvent): DockerEvent {
    const { line } = input
    if (!look(line) && !patterns.some((pattern) => line.search(pattern) >= 0)) return input
    // An escape could hide a word from the quick test: such a line is looked through.
    if (!mayChange(line) && !line.includes('\\u')) return input
    let changed = false
    const reviver: Reviver = function (key, value, context) {
      if (typeof value === 'number') return exactNumber(value, context?.source)
      if (typeof value !== 'string') return value
      const clean = Array.isArray(this) ? text(value) : valueOf(key, value)
      changed ||= clean !== value
      return clean
    }
    const wire = JSON.parse(line, reviver) as WireEvent
    return changed ? eventView(wire, input.time, JSON.stringify(wire)) : input
  }

  function facts(input: ContainerFacts): ContainerFacts {
    const known = seen.get(input)
    if (known !== undefined) return known
    const { labels, command, healthCheck, image, mounts, state } = input
    const clean: ContainerFacts = {
      ...input,
      image: { ...image, name: text(image.name) },
      labels: Object.fromEntries(
        Object.entries(labels).map(([name, value]) => [name, valueOf(name, value)]),
      ),
      command: argumentsOf(command),
      mounts: mounts.map((mount) => ({ ...mount, source: text(mount.source) })),
      state: { ...state, error: text(state.error) },
      ...(healthCheck === undefined
        ? {}
        : { healthCheck: { ...healthCheck, test: argumentsOf(healthCheck.test) } }),
    }
    const result = sameContent(clean, input) ? input : clean
    seen.set(input, result)
    seen.set(result, result)
    return result
  }

  /** An argument ends where it ends, and `--password` speaks of the next one. */
  function argumentsOf(args: readonly string[]): readonly string[] {
    const known = args.map((arg, index) => {
      const assigned = /^(-{0,2}([\w.-]{1,200})=)([^]+)$/.exec(arg)
      if (assigned !== null && isSecretName(assigned[2]!) && !isHarmlessValue(assigned[3]!)) {
        return assigned[1]! + REDACTED
      }
      const before = /^--?([\w.-]{1,200})$/.exec(args[index - 1] ?? '')?.[1]
      return before !== undefined && !arg.startsWith('-') ? valueOf(before, arg) : arg
    })
    const together = text(known.join(ARGUMENT_END)).split(ARGUMENT_END)
    return together.length === args.length ? together : known.map(text)
  }

  function data(input: Marker['data']): Marker['data'] {
    return Object.fromEntries(
      Object.entries(input).map(([name, value]) => [
        name,
        typeof value === 'string' ? text(value) : value,
      ]),
    )
  }

  /** JSON by its names, as an event. */
  function service(json: string): string {
    return JSON.stringify(
      JSON.parse(json, (key, value: unknown) =>
        typeof value === 'string' ? valueOf(key, value) : value,
      ),
    )
  }

  function markerData(entry: Marker): Marker['data'] {
    if (!isServiceMarker(entry)) return data(entry.data)
    const { service: json, ...rest } = entry.data
    return { ...data(rest), service: service(json) }
  }

  return {
    text,
    value: valueOf,
    command: argumentsOf,
    entry(entry) {
      // What these hold comes from records that were redacted before they were recorded.
      if (
        entry.kind === 'gap' ||
        entry.kind === 'life' ||
        entry.kind === 'finding' ||
        entry.kind === 'alert'
      )
        return entry
      if (entry.kind === 'marker') {
        const clean = markerData(entry)
        return sameContent(clean, entry.data) ? entry : { ...entry, data: clean }
      }
      const cleanEvent = event(entry.event)
      const container = entry.container === undefined ? undefined : facts(entry.container)
      if (cleanEvent === entry.event && container === entry.container) return entry
      return { ...entry, event: cleanEvent, ...(container === undefined ? {} : { container }) }
    },
  }
}

function everywhere(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, [...new Set(`${pattern.flags}g`)].join('').replace('y', ''))
}

/** Whether two values, the second made from the first, have the same texts. */
function sameContent(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const keys = Object.keys(a)
  return keys.every((key) =>
    sameContent((a as { [key: string]: unknown })[key], (b as { [key: string]: unknown })[key]),
  )
}
