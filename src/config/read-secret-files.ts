import type { ZodType } from 'zod'
import { asError } from '../model/errors.ts'
import type { ConfigError } from './config-error.ts'
import { childOf, chosen, isSecret } from './describe.ts'
import { branch, leaf, type Tree } from './tree.ts'

/** Longest secret, in characters. */
const MAX_LENGTH = 65_536

/**
 * Puts the contents of files in the place of `{ file: PATH }` wherever the schema has a secret; one
 * line break at the end is no part of it.
 */
export function readSecretFiles(
  tree: Tree,
  schema: ZodType,
  readFile: (path: string) => string,
  errors: ConfigError[],
): Tree {
  function walk(tree: Tree, schema: ZodType | undefined, path: readonly string[]): Tree {
    if (tree.is !== 'branch' || schema === undefined) return tree
    const file = tree.entries.get('file')
    if (isSecret(schema) && file?.is === 'leaf' && tree.entries.size === 1)
      return content(String(file.value), file, path)
    const inner = chosen(schema, tree)
    const entries = [...tree.entries].map(([key, child]) => {
      const childSchema = childOf(inner, key)
      return [key, walk(child, childSchema, [...path, key])] as const
    })
    return branch(entries, tree.origin, tree.keys)
  }

  function content(file: string, at: Tree, path: readonly string[]): Tree {
    try {
      const text = readFile(file).replace(/\r?\n$/, '')
      if (text.length <= MAX_LENGTH) return leaf(text, at.origin)
      throw new Error(`${file} is longer than ${MAX_LENGTH} characters`)
    } catch (error) {
      errors.push({ origin: at.origin, path, message: asError(error).message })
      // Stands for the secret, so that its absence is not told a second time.
      return leaf('', at.origin)
    }
  }

  return walk(tree, schema, [])
}
