/** Not yet in TypeScript's library: writes the number as it was read. */
interface ExactJson {
  rawJSON(text: string): unknown
  isRawJSON(value: unknown): boolean
}

const exact = JSON as typeof JSON & ExactJson

export type Reviver = (
  this: unknown,
  key: string,
  value: unknown,
  context?: { readonly source?: string },
) => unknown

/** For a reviver: a number that would lose digits is kept as its text. */
export function exactNumber(value: number, source: string | undefined): unknown {
  return source === undefined || String(value) === source ? value : exact.rawJSON(source)
}

const keepDigits: Reviver = (_key, value, context) =>
  typeof value === 'number' ? exactNumber(value, context?.source) : value

/** JSON with every number's digits: writing it again gives them back. @throws SyntaxError */
export const parseExactly = (text: string): unknown => JSON.parse(text, keepDigits)

/** A number that `parseExactly` kept as its text: no object to look into. */
export const isExactNumber = (value: unknown): boolean => exact.isRawJSON(value)

/** A replacer: whole numbers too large for JSON's are written as decimal text. */
export const bigintAsText = (_name: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value

/** JSON in which times, and other numbers too large for it, are decimal text. */
export const exactText = (value: unknown): string => JSON.stringify(value, bigintAsText)
