import type { EntryId, Seq } from '../../model/entry.ts'
import { isExactNumber } from '../../model/exact-json.ts'
import { ecsFields } from './ecs-fields.ts'

/** What a document says of its place in a journal. */
export interface Proof {
  readonly id?: EntryId
  readonly seq?: Seq
  readonly hash?: string
  readonly epoch?: string
  /** Of an anchor: the entry before it. */
  readonly anchor?: { readonly epoch: string; readonly seq: Seq; readonly hash: string }
}

/** @param document from `parseExactly` */
export function proofOf(document: unknown): Proof {
  const text = (...path: string[]): string | undefined => {
    const value = valueAt(document, path)
    return typeof value === 'string' ? value : undefined
  }
  const [id, hash, epoch] = [text('event', 'id'), text('event', 'hash'), text('auditor', 'epoch')]
  const seq = valueAt(document, ['event', 'sequence'])
  const anchor = anchorOf(document)
  return {
    ...(id === undefined ? {} : { id }),
    ...(typeof seq === 'number' ? { seq } : {}),
    ...(hash === undefined ? {} : { hash }),
    ...(epoch === undefined ? {} : { epoch }),
    ...(anchor === undefined ? {} : { anchor }),
  }
}

function anchorOf(document: unknown): Proof['anchor'] {
  if (valueAt(document, ['auditor', 'marker', 'name']) !== 'anchor') return undefined
  const data = (name: string): unknown => valueAt(document, ['auditor', 'marker', 'data', name])
  return { epoch: String(data('epoch')), seq: Number(data('seq')), hash: String(data('hash')) }
}

function valueAt(document: unknown, path: readonly string[]): unknown {
  let value = document
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = (value as { readonly [name: string]: unknown })[name]
  }
  return value
}

/**
 * The first field in which a document is not what was written, or `undefined`. Fields that are not
 * ours are not looked at: a pipeline of the sink may add some. Nor is the order of a list, which a
 * store may sort.
 *
 * @param written as the format writes it, from `parseExactly`; so is `found`
 */
export function differenceOf(written: unknown, found: unknown): string | undefined {
  const [wanted, there] = [leavesOf(written), leavesOf(found)]
  for (const [path, values] of wanted) {
    if (!same(values, there.get(path))) return path
  }
  return [...there.keys()].find((path) => !wanted.has(path) && isOurs(path))
}

const ours = new Set(ecsFields.map(({ field }) => field))

function isOurs(path: string): boolean {
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    if (ours.has(path.slice(0, end))) return true
  }
  return false
}

const same = (one: ReadonlySet<string>, other: ReadonlySet<string> | undefined): boolean =>
  other !== undefined && one.size === other.size && one.isSubsetOf(other)

type Leaves = Map<string, Set<string>>

/** Values by dotted path; those of a list stand under one path. */
function leavesOf(value: unknown, path = '', leaves: Leaves = new Map()): Leaves {
  if (Array.isArray(value)) {
    for (const item of value) leavesOf(item, path, leaves)
  } else if (typeof value === 'object' && value !== null && !isExactNumber(value)) {
    for (const [name, item] of Object.entries(value)) {
      leavesOf(item, path === '' ? name : `${path}.${name}`, leaves)
    }
  } else {
    const texts = leaves.get(path) ?? new Set()
    leaves.set(path, texts.add(JSON.stringify(value)))
  }
  return leaves
}
