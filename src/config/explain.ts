import type { ZodType } from 'zod'
import { Document } from 'yaml'
import { childOf, chosen, leavesOf, type SettingLeaf } from './describe.ts'
import { isSecretName, MASK, maskUri } from './mask.ts'
import { originText, type Origin } from './origin.ts'
import { find, originAt, plainOf, type Tree } from './tree.ts'

/** One setting in force, and why it is so. */
export interface Explained {
  readonly path: readonly string[]
  /** As people write it, secrets masked. */
  readonly shown: unknown
  readonly origin: Origin
}

/** Every setting that has a value, the sinks' by name, in the order of the schema. */
export function explain(tree: Tree, schema: ZodType): readonly Explained[] {
  const explained: Explained[] = []

  function add({ path, default: usual, secret }: SettingLeaf): void {
    const given = find(tree, path)
    if (given !== undefined) {
      const value = plainOf(given)
      const shown = secret ? hidden(value) : masked(alike(usual, value))
      explained.push({ path, shown, origin: originAt(tree, path) })
    } else if (usual !== undefined) {
      explained.push({ path, shown: usual, origin: { from: 'default' } })
    }
  }

  const isProfileChosen = find(tree, ['profile']) !== undefined
  for (const leaf of leavesOf(schema)) {
    const [group] = leaf.path
    // Nobody who has no profile wants to read its options.
    if (group !== 'sinks' && (group !== 'profile' || isProfileChosen)) add(leaf)
  }
  const sinks = find(tree, ['sinks'])
  const sinkSchema = childOf(schema, 'sinks')
  if (sinks?.is !== 'branch' || sinkSchema === undefined) return explained
  for (const name of sinks.entries.keys()) {
    const path = ['sinks', name]
    const leaves = leavesOf(chosen(childOf(sinkSchema, name)!, find(tree, path)), path)
    const isType = (leaf: SettingLeaf): boolean => leaf.path[2] === 'type'
    for (const leaf of leaves.filter(isType)) add(leaf)
    for (const leaf of leaves) if (!isType(leaf)) add(leaf)
  }
  return explained
}

/** A number that came as text (from a URI, a variable) is shown as a number. */
function alike(usual: unknown, value: unknown): unknown {
  return typeof usual === 'number' && /^\d{1,15}$/.test(String(value)) ? Number(value) : value
}

/** A secret, or a mapping of secrets. */
function hidden(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return MASK
  return Object.fromEntries(Object.keys(value).map((key) => [key, MASK]))
}

/** Texts without passwords of URIs; in free mappings also without what is called a secret. */
function masked(value: unknown): unknown {
  if (typeof value === 'string') return maskUri(value)
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, isSecretName(key) ? MASK : masked(inner)]),
  )
}

/** The settings in force as YAML, each with where it came from; secrets masked. */
export function printSettings(origins: readonly Explained[]): string {
  const document = new Document({})
  for (const { path, shown, origin } of origins) {
    const node = document.createNode(shown, { flow: true })
    node.comment = ` ${originText(origin)}`
    document.setIn(path, node)
  }
  return document.toString({ lineWidth: 0 })
}
