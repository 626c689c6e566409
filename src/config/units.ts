import { AuditorError } from '../model/errors.ts'

/*
 * Durations and sizes as people write them. Strict: what could be read in two ways is refused, and
 * the error says what was expected and at which position (counted from 1) the text went wrong.
 * Moments (`yesterday 09:00`) are in `moment.ts`.
 */

interface Unit {
  readonly name: string
  readonly size: number
}

/** Largest first: the order in which the parts of `2h30m` must come. */
const DURATION_UNITS: readonly Unit[] = [
  { name: 'w', size: 604_800_000 },
  { name: 'd', size: 86_400_000 },
  { name: 'h', size: 3_600_000 },
  { name: 'm', size: 60_000 },
  { name: 's', size: 1000 },
  { name: 'ms', size: 1 },
]

/** Largest first, so that printing finds the shortest form. */
const BYTE_UNITS: readonly Unit[] = [
  { name: 'TiB', size: 1024 ** 4 },
  { name: 'TB', size: 1000 ** 4 },
  { name: 'GiB', size: 1024 ** 3 },
  { name: 'GB', size: 1000 ** 3 },
  { name: 'MiB', size: 1024 ** 2 },
  { name: 'MB', size: 1000 ** 2 },
  { name: 'KiB', size: 1024 },
  { name: 'kB', size: 1000 },
  { name: 'B', size: 1 },
]

const DURATION_EXPECTED = 'a duration such as 500ms, 1.5s, 2h30m or 7d'
const BYTES_EXPECTED = 'a size such as 4KiB, 512MiB, 10MB or 1000 (bytes)'

/**
 * `2h30m`, `500ms`, `1.5s`, `7d` -> whole milliseconds. Units w, d, h, m, s, ms, largest first, each
 * at most once; a fraction only in the last part. A bare number has no meaning here, except `0`.
 *
 * @throws AuditorError `usage`
 */
export function parseDuration(text: string): number {
  const fail = (at: number, why: string) => failure(DURATION_EXPECTED, text, at, why)
  if (text === '0') return 0
  const part = /(\d+)(?:\.(\d+))?([a-zµ]*)/iy
  let total = 0n
  let next = 0
  let fractionSeen = false
  while (part.lastIndex < text.length || total === 0n) {
    const at = part.lastIndex
    const match = part.exec(text)
    if (match === null) throw fail(at, at === text.length ? 'it ends there' : 'no number')
    const [, whole = '', fraction = '', name = ''] = match
    const unitAt = at + match[0].length - name.length
    if (name === '') throw fail(unitAt, 'a unit is missing (ms, s, m, h, d, w)')
    const index = DURATION_UNITS.findIndex((unit) => unit.name === name)
    if (index < 0) throw fail(unitAt, `unknown unit "${name}" (ms, s, m, h, d, w)`)
    if (index < next) throw fail(at, 'the larger unit comes first, and each only once')
    if (fractionSeen) throw fail(at, 'only the last part may have a fraction')
    const exact = scaled(whole, fraction, DURATION_UNITS[index]!.size)
    if (exact === undefined) throw fail(at, 'finer than a millisecond')
    total += exact
    next = index + 1
    fractionSeen = fraction !== ''
    if (part.lastIndex === text.length) break
  }
  return safe(total, () => fail(0, 'too large'))
}

/** The shortest form `parseDuration` reads back: `1d2h`, `90s` as `1m30s`, `0s`. Rounded to whole ms. */
export function formatDuration(ms: number): string {
  let rest = Math.max(0, Math.round(ms))
  let text = ''
  for (const { name, size } of DURATION_UNITS) {
    if (name === 'w') continue
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${name}`
    rest -= count * size
  }
  return text === '' ? '0s' : text
}

/**
 * `4KiB`, `512MiB`, `10MB`, `1.5GiB`, `1000` -> whole bytes. KiB, MiB, GiB, TiB are powers of 1024;
 * kB, MB, GB, TB powers of 1000; case does not matter, one blank before the unit is allowed.
 *
 * @throws AuditorError `usage`
 */
export function parseBytes(text: string): number {
  const fail = (at: number, why: string) => failure(BYTES_EXPECTED, text, at, why)
  const match = /^(\d+)(?:\.(\d+))?( ?)/.exec(text)
  if (match === null) throw fail(0, 'no number')
  const [head, whole = '', fraction = ''] = match
  const name = text.slice(head.length)
  if (name === '' && head.endsWith(' ')) throw fail(head.length, 'a unit is missing')
  const wanted = name === '' ? 'b' : name.toLowerCase()
  const unit = BYTE_UNITS.find((unit) => unit.name.toLowerCase() === wanted)
  if (unit === undefined) throw fail(head.length, `unknown unit "${name}"${byteUnitHint(wanted)}`)
  const exact = scaled(whole, fraction, unit.size)
  if (exact === undefined) throw fail(0, 'not a whole number of bytes')
  return safe(exact, () => fail(0, 'too large'))
}

/** The shortest exact form `parseBytes` reads back: `2GiB`, `10MB`, else plain bytes. */
export function formatBytes(bytes: number): string {
  const exact = Math.max(0, Math.round(bytes))
  if (exact === 0) return '0'
  const unit = BYTE_UNITS.find(({ size }) => size > 1 && exact % size === 0)
  return unit === undefined ? String(exact) : `${exact / unit.size}${unit.name}`
}

/** `512m` is 1000 or 1024 to different people: name both. */
function byteUnitHint(name: string): string {
  const letter = /^[kmgt]$/.exec(name)?.[0]
  if (letter === undefined) return ' (B, kB, MB, GB, TB, KiB, MiB, GiB, TiB)'
  const capital = letter.toUpperCase()
  return ` (${capital}iB for 1024s, ${letter === 'k' ? 'k' : capital}B for 1000s)`
}

/** whole.fraction * size, or undefined where that is no whole number. */
function scaled(whole: string, fraction: string, size: number): bigint | undefined {
  const divisor = 10n ** BigInt(fraction.length)
  const product = BigInt(whole + fraction) * BigInt(size)
  return product % divisor === 0n ? product / divisor : undefined
}

function safe(value: bigint, tooLarge: () => Error): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw tooLarge()
  return Number(value)
}

/** Shown text is cut, so that a hostile value can't fill a terminal. */
function failure(expected: string, text: string, at: number, why: string): AuditorError {
  const shown = text.length > 60 ? `${text.slice(0, 60)}...` : text
  return new AuditorError(
    'usage',
    `expected ${expected}, got ${JSON.stringify(shown)}: ${why} (position ${at + 1})`,
  )
}
