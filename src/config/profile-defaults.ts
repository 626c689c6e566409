import type { SinkDeclaration } from './option-declaration.ts'
import { branch, find, merge, treeOf, type Tree } from './tree.ts'

/**
 * With a profile, sinks that the old programs had write what those wrote, unless their format is
 * given: that, and what goes with it, is laid under what was said of them.
 */
export function withProfileDefaults(tree: Tree, kinds: readonly SinkDeclaration[]): Tree {
  const sinks = find(tree, ['sinks'])
  if (tree.is !== 'branch' || sinks?.is !== 'branch') return tree
  if (find(tree, ['profile', 'name']) === undefined) return tree
  const entries = [...sinks.entries].map(
    ([name, sink]) => [name, withDefaults(sink, kinds)] as const,
  )
  const filled = branch(entries, sinks.origin, sinks.keys)
  return branch([...tree.entries, ['sinks', filled]], tree.origin, tree.keys)
}

function withDefaults(sink: Tree, kinds: readonly SinkDeclaration[]): Tree {
  const type = find(sink, ['type'])
  const kind = kinds.find((each) => type?.is === 'leaf' && each.kind === type.value)
  const options = kind?.underProfile && treeOf(kind.underProfile, { from: 'default' })
  if (options === undefined || find(sink, ['format']) !== undefined) return sink
  return merge(options, sink)
}
