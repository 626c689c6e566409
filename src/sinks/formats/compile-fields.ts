/** What a field's value may be; a bigint is written as a number, exactly. */
type FieldValue = string | number | boolean | bigint | readonly unknown[] | object

/** One field of a document, by its dotted name. */
export interface Field<S> {
  readonly field: string
  /** `undefined` leaves the field out. */
  readonly value: (source: S) => FieldValue | undefined
}

interface Head {
  /** Where the field is the first of its branch. */
  readonly first: string
  readonly next: string
}

interface Leaf<S> extends Head {
  readonly value: (source: S) => FieldValue | undefined
}

interface Branch<S> extends Head {
  readonly children: Node<S>[]
}

type Node<S> = Leaf<S> | Branch<S>

/**
 * A function that writes the fields as nested JSON. The dotted names are taken apart once, here;
 * per document only values are asked for and text is joined. Every document is one line of
 * well-formed Unicode: a lone surrogate, which JSON can hold and UTF-8 cannot, becomes U+FFFD, and so
 * does NUL, which Elasticsearch allows in no name inside a `flattened` field.
 *
 * @throws Error where a name is both a field and the parent of another
 */
export function compileFields<S>(fields: readonly Field<S>[]): (source: S) => string {
  const root: Branch<S> = { first: '', next: '', children: [] }
  const branches = new Map<string, Branch<S>>([['', root]])
  const leaves = new Set<string>()

  function branchOf(path: string): Branch<S> {
    const known = branches.get(path)
    if (known !== undefined) return known
    if (leaves.has(path)) throw new Error(`${path} is a field and the parent of another`)
    const branch: Branch<S> = { ...headOf(path), children: [] }
    branches.set(path, branch)
    branchOf(parentOf(path)).children.push(branch)
    return branch
  }

  for (const { field, value } of fields) {
    if (leaves.has(field) || branches.has(field)) throw new Error(`${field} is declared twice`)
    leaves.add(field)
    branchOf(parentOf(field)).children.push({ ...headOf(field), value })
  }
  return (source) => wellFormed(withBranch('', root, source) || '{}')
}

/** JSON without lone surrogates and NUL. */
export const wellFormed = (json: string): string =>
  json.includes('\\u') ? json.replace(UNWANTED, '$1\u{FFFD}') : json

/**
 * JSON.stringify escapes lone surrogates and nothing else as `\udXXX`; an even run of backslashes
 * before it is text.
 */
const UNWANTED = /(?<!\\)((?:\\\\)*)\\u(?:d[89a-f][0-9a-f]{2}|0000)/g

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('.')))
const headOf = (path: string): Head => {
  const name = JSON.stringify(path.slice(path.lastIndexOf('.') + 1))
  return { first: `{${name}:`, next: `,${name}:` }
}

/** Adds a branch to the text; one without any value is left out. */
function withBranch<S>(before: string, { children }: Branch<S>, source: S): string {
  let text = before
  let isEmpty = true
  for (const child of children) {
    const head = text + (isEmpty ? child.first : child.next)
    let after: string
    if ('children' in child) {
      after = withBranch(head, child, source)
      if (after === head) continue
    } else {
      const value = writeValue(child.value(source))
      if (value === undefined) continue
      after = head + value
    }
    text = after
    isEmpty = false
  }
  return isEmpty ? before : text + '}'
}

/** Text that stands in JSON as it is; most text does. */
const PLAIN = /^[ !#-[\]-~]*$/

function writeValue(value: FieldValue | undefined): string | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string') return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value)
  if (typeof value === 'object') return JSON.stringify(value)
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined
  return String(value)
}
