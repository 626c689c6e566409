/**
 * The filter language as a tree. Written by `parse.ts`, shown by `print.ts`, turned into a predicate
 * by `compile.ts`. What each term means is told in docs/filter.md.
 */
export type Filter =
  /** The empty text: everything. Only ever the whole tree. */
  | { readonly op: 'all' }
  /** Two parts or more. */
  | { readonly op: 'and' | 'or'; readonly parts: readonly Filter[] }
  | { readonly op: 'not'; readonly part: Filter }
  /** `name:web*` */
  | { readonly op: 'field'; readonly field: Field; readonly pattern: Pattern }
  /** `label.team:pay`; the label's name is taken literally. */
  | { readonly op: 'label'; readonly name: string; readonly pattern: Pattern }
  /** `label:auditor.ignore`: some label's name matches. */
  | { readonly op: 'has-label'; readonly pattern: Pattern }
  /** `kind:gap` */
  | { readonly op: 'kind'; readonly kind: Kind }
  /** A bare word. */
  | { readonly op: 'word'; readonly pattern: Pattern }

/** As written, see `glob.ts`: `*`, `?`, and `\` before a character that stands for itself. */
export type Pattern = string

export const FIELDS = ['type', 'action', 'name', 'image', 'id'] as const
export type Field = (typeof FIELDS)[number]

export const KINDS = ['record', 'gap', 'life', 'marker'] as const
export type Kind = (typeof KINDS)[number]

/** Other names of keys. */
export const ALIASES: ReadonlyMap<string, Field> = new Map([['event', 'action']])

/** Everything that may stand before a colon. */
export const KEYS: readonly string[] = [...FIELDS, ...ALIASES.keys(), 'kind', 'label', 'label.NAME']

/** What is wrong with a filter text, and where (UTF-16 units; at the text's end the length is 0). */
export interface FilterError {
  readonly offset: number
  readonly length: number
  readonly message: string
}

/** Longest filter text, in UTF-16 units. */
export const MAX_FILTER_LENGTH = 8192
/** Deepest nesting of parentheses and negations. */
export const MAX_FILTER_DEPTH = 100
