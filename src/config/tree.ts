import type { Path } from './config-error.ts'
import type { Origin } from './origin.ts'

/** A value before it is checked, each part with its origin. */
export type Tree = Leaf | List | Branch

export interface Leaf {
  readonly is: 'leaf'
  readonly value: string | number | boolean
  readonly origin: Origin
}

interface List {
  readonly is: 'list'
  readonly items: readonly Tree[]
  readonly origin: Origin
}

export interface Branch {
  readonly is: 'branch'
  readonly entries: ReadonlyMap<string, Tree>
  /** Where the keys stand, where that differs from their values. */
  readonly keys: ReadonlyMap<string, Origin>
  readonly origin: Origin
}

export function leaf(value: Leaf['value'], origin: Origin): Leaf {
  return { is: 'leaf', value, origin }
}

export function branch(
  entries: Iterable<readonly [string, Tree]>,
  origin: Origin,
  keys: ReadonlyMap<string, Origin> = new Map(),
): Branch {
  return { is: 'branch', entries: new Map(entries), keys, origin }
}

/** A tree out of a plain value; what is neither value, list nor mapping is left out. */
export function treeOf(value: unknown, origin: Origin): Tree | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return leaf(value, origin)
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value))
    return { is: 'list', items: value.flatMap((item) => treeOf(item, origin) ?? []), origin }
  const entries: (readonly [string, Tree])[] = []
  for (const [key, inner] of Object.entries(value)) {
    const tree = treeOf(inner, origin)
    if (tree !== undefined) entries.push([key, tree])
  }
  return branch(entries, origin)
}

/** `value` at `path`, with nothing around it. */
export function treeAt(path: readonly string[], value: Tree): Tree {
  return path.reduceRight<Tree>((tree, key) => branch([[key, tree]], value.origin), value)
}

export function plainOf(tree: Tree): unknown {
  if (tree.is === 'leaf') return tree.value
  if (tree.is === 'list') return tree.items.map(plainOf)
  // Own properties whatever their names.
  return Object.fromEntries([...tree.entries].map(([key, inner]) => [key, plainOf(inner)]))
}

/** Mappings are joined, key by key; of anything else the higher one stays. */
export function merge(lower: Tree, higher: Tree): Tree {
  if (lower.is !== 'branch' || higher.is !== 'branch') return higher
  const entries = new Map(lower.entries)
  for (const [key, tree] of higher.entries) {
    const below = entries.get(key)
    entries.set(key, below === undefined ? tree : merge(below, tree))
  }
  return branch(entries, lower.origin, new Map([...lower.keys, ...higher.keys]))
}

/** What is at the path, or `undefined`. */
export function find(tree: Tree | undefined, path: Path): Tree | undefined {
  let found = tree
  for (const step of path) {
    if (found?.is === 'branch') found = found.entries.get(String(step))
    else found = found?.is === 'list' ? found.items[Number(step)] : undefined
  }
  return found
}

/** The origin of what is at the path, or of the nearest thing around it. */
export function originAt(tree: Tree, path: Path): Origin {
  for (let length = path.length; length >= 0; length--) {
    const found = find(tree, path.slice(0, length))
    if (found !== undefined) return found.origin
  }
  return tree.origin
}

/** The origin of the key at the end of the path. */
export function keyOriginAt(tree: Tree, path: Path): Origin {
  const around = find(tree, path.slice(0, -1))
  const key = around?.is === 'branch' ? around.keys.get(String(path.at(-1))) : undefined
  return key ?? originAt(tree, path)
}
