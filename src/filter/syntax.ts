/**
 * The filter language as a tree, of whatever rows: which fields there are is said by a subject
 * (`subject.ts`). Written by `parse.ts`, shown by `print.ts`, given a meaning by `bind.ts`. What the
 * terms mean is told in docs/filter.md.
 */
export type Filter =
  /** The empty text: everything. Only ever the whole tree. */
  | { readonly op: 'all' }
  /** Two parts or more. */
  | { readonly op: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly op: 'not'; readonly part: Filter }
  | Term
  /** A bare word. */
  | { readonly op: 'word'; readonly pattern: Pattern }

/** `name:web*`, `exit>0`, `label.team!=pay,ops` */
export interface Term {
  readonly op: 'term'
  /** A field's name, or `label.NAME` with the name as it is. */
  readonly key: string
  readonly sign: Sign
  /** One or more; any of them may match. */
  readonly values: readonly Pattern[]
  /** Where they stand in the text: for messages. */
  readonly places: {
    readonly key: Place
    readonly sign: Place
    /** With their quotes, if they have some. */
    readonly values: readonly Place[]
  }
}

/** `=` is another way to write `:`. */
export const SIGNS = [':', '!=', '<', '<=', '>', '>='] as const
export type Sign = (typeof SIGNS)[number]

/** As written, see `glob.ts`: `*`, `?`, and `\` before a character that stands for itself. */
export type Pattern = string

/** What stands before the name of a label. */
export const LABEL = 'label.'

/** In UTF-16 units; at the text's end the length is 0. */
export interface Place {
  readonly offset: number
  readonly length: number
}

/** What is wrong with a filter text, and where. */
export interface FilterError extends Place {
  readonly message: string
}

export interface Failure {
  readonly error: FilterError
}

export function failure(offset: number, length: number, message: string): Failure {
  return { error: { offset, length, message } }
}

/** The text a pattern of no stars and question marks stands for. */
export function unescape(pattern: Pattern): string {
  return pattern.replaceAll(/\\([^])/g, '$1')
}

/** Longest filter text, in UTF-16 units. */
export const MAX_FILTER_LENGTH = 8192
/** Deepest nesting of parentheses and negations. */
export const MAX_FILTER_DEPTH = 100
