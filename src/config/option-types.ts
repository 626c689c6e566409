import { z } from 'zod'
import { asError } from '../model/errors.ts'
import { maskUri } from './mask.ts'
import { formatBytes, formatDuration, parseBytes, parseDuration } from './units.ts'

/*
 * Types of options. Each takes text (from a URI, the environment, a flag) as well as what YAML makes
 * of the same text, so that one declaration serves every way a value may come. Defaults are given as
 * people write them: `durationMs().prefault('2s')`; every field is described: `.describe('...')`.
 */

/** `2h30m` -> milliseconds. Bounds are durations, too, and inclusive. */
export function durationMs(bounds: { readonly min?: string; readonly max?: string } = {}) {
  const min = bounds.min === undefined ? 0 : parseDuration(bounds.min)
  const max = bounds.max === undefined ? Infinity : parseDuration(bounds.max)
  return z
    .string(expected('a duration with its unit, such as 500ms, 1.5s, 2h30m or 7d'))
    .meta({ examples: ['500ms', '2h30m', '7d'] })
    .transform((text, context) => {
      const value = attempt(context, () => parseDuration(text))
      return within(context, value, min, max, formatDuration)
    })
}

/** `512MiB`, `10MB`, `1000` -> bytes. Bounds are sizes, too, and inclusive. */
export function bytes(bounds: { readonly min?: string; readonly max?: string } = {}) {
  const min = bounds.min === undefined ? 0 : parseBytes(bounds.min)
  const max = bounds.max === undefined ? Infinity : parseBytes(bounds.max)
  const wanted = expected('a size such as 4KiB, 512MiB, 10MB or 1000 (bytes)')
  return z
    .union([z.string(), z.int().nonnegative(wanted)], wanted)
    .meta({ examples: ['4KiB', '512MiB', 1000] })
    .transform((input, context) => {
      const value = attempt(context, () => parseBytes(String(input)))
      return within(context, value, min, max, formatBytes)
    })
}

const FLAG_WORD = /^(?:[Tt]rue|TRUE|[Yy]es|YES|[Oo]n|ON|1|[Ff]alse|FALSE|[Nn]o|NO|[Oo]ff|OFF|0)$/

/** true/false, yes/no, on/off, 1/0. */
export function flag() {
  const wanted = expected('true or false (yes/no, on/off and 1/0 are understood, too)')
  return z
    .union([z.boolean(), z.string().regex(FLAG_WORD, wanted), z.literal([0, 1])], wanted)
    .transform((value) => /^(?:true|yes|on|1)$/i.test(String(value)))
}

/** A whole number; bounds are inclusive. */
export function integer(bounds: { readonly min?: number; readonly max?: number } = {}) {
  const { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER } = bounds
  const wanted = expected(wholeNumber(bounds))
  return z
    .union(
      [z.int().min(min, wanted).max(max, wanted), z.string().regex(/^[+-]?\d{1,16}$/, wanted)],
      wanted,
    )
    .transform((value, context) => {
      const number = Number(value)
      if (number >= min && number <= max) return number
      context.addIssue({ code: 'custom', message: wanted.error({ input: value }) })
      return z.NEVER
    })
}

/** A TCP or UDP port, 1 to 65535. */
export function port() {
  return integer({ min: 1, max: 65_535 })
}

/** Text; what YAML reads as a number or a truth value is taken as it was meant. */
export function text() {
  return z.union([z.string(), z.number(), z.boolean()], expected('text')).transform(String)
}

/** Texts: a YAML list, or one text with blanks between them. */
export function textList() {
  const item = z.string(expected('text'))
  return z
    .union([z.string(), z.array(item)], expected('a text or a list of texts'))
    .transform((value) =>
      typeof value === 'string' ? value.split(/\s+/).filter((part) => part !== '') : value,
    )
}

/** At least one item: a YAML list, or one text with commas or blanks between them. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.preprocess(
    (value) => (typeof value === 'string' ? value.split(/[\s,]+/) : value),
    z.array(item).min(1),
  )
}

/**
 * A password, token or key: the text itself, or `{ file: PATH }` for a file that holds it. The
 * loader reads the file before this type is asked, and masks the value wherever it is shown.
 */
export function secret() {
  return z
    .union([z.string(), z.strictObject({ file: z.string() })], {
      error: 'expected text, or { file: PATH }',
    })
    .meta({ writeOnly: true })
    .transform((value, context) => {
      if (typeof value === 'string') return value
      context.addIssue({ code: 'custom', message: 'the file of this secret was not read' })
      return z.NEVER
    })
}

interface Expectation {
  readonly error: (issue: { readonly input?: unknown }) => string
}

/** An error that says what was expected and what was there instead. Not for secrets. */
export function expected(what: string): Expectation {
  return {
    error: ({ input }) =>
      input === undefined
        ? `is missing: expected ${what}`
        : `expected ${what}, got ${shortened(maskUri(JSON.stringify(input)))}`,
  }
}

function shortened(shown: string): string {
  return shown.length > 60 ? `${shown.slice(0, 60)}...` : shown
}

function wholeNumber({ min, max }: { readonly min?: number; readonly max?: number }): string {
  if (min !== undefined && max !== undefined) return `a whole number from ${min} to ${max}`
  if (min !== undefined) return `a whole number of at least ${min}`
  if (max !== undefined) return `a whole number of at most ${max}`
  return 'a whole number'
}

/** What zod's transform lets us complain to. */
interface Complaints {
  addIssue(issue: { readonly code: 'custom'; readonly message: string }): void
}

function attempt(context: Complaints, parse: () => number): number | undefined {
  try {
    return parse()
  } catch (error) {
    context.addIssue({ code: 'custom', message: asError(error).message })
    return undefined
  }
}

function within(
  context: Complaints,
  value: number | undefined,
  min: number,
  max: number,
  format: (value: number) => string,
): number {
  if (value === undefined) return z.NEVER
  if (value >= min && value <= max) return value
  const limit = value < min ? `at least ${format(min)}` : `at most ${format(max)}`
  context.addIssue({ code: 'custom', message: `expected ${limit}, got ${format(value)}` })
  return z.NEVER
}
