import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Node,
  type YAMLMap,
} from 'yaml'
import { asError } from '../model/errors.ts'
import type { ConfigError, Path } from './config-error.ts'
import { hasReference, interpolate, type Environment } from './interpolate.ts'
import type { Origin } from './origin.ts'
import { branch, leaf, type Tree } from './tree.ts'

/** Longest file, in characters: a configuration has a few thousand. */
const MAX_LENGTH = 1_048_576
/** Most values, with those that aliases repeat. */
const MAX_VALUES = 20_000
const MAX_ALIASES = 100
const MAX_DEPTH = 32

export interface YamlFile {
  /** As it is shown in errors. */
  readonly path: string
  readonly text: string
}

/**
 * The file as a tree in which every value knows its line and column. `${VAR}` is resolved in each
 * scalar by itself, so that a value can neither break the YAML nor shift its lines. Keys without a
 * value count as not set, and so do scalars that are empty once their variables are put in.
 *
 * @param isRaw says for which paths references stay as they are
 */
export function readYaml(
  { path: file, text }: YamlFile,
  environment: Environment,
  isRaw: (path: Path) => boolean,
): { readonly tree: Tree; readonly errors: readonly ConfigError[] } {
  const errors: ConfigError[] = []
  const top: Origin = { from: 'file', file, line: 1, column: 1 }
  const nothing = branch([], top)
  if (text.length > MAX_LENGTH) {
    const message = `the file is longer than ${MAX_LENGTH} characters`
    return { tree: nothing, errors: [{ origin: top, path: [], message }] }
  }
  const lineCounter = new LineCounter()
  const document = parseDocument(text, { lineCounter, prettyErrors: false, strict: true })
  const originOf = (offset: number): Origin => {
    const { line, col } = lineCounter.linePos(offset)
    return { from: 'file', file, line, column: col }
  }
  for (const problem of [...document.errors, ...document.warnings])
    errors.push({ origin: originOf(problem.pos[0]), path: [], message: yamlMessage(problem) })
  if (errors.length > 0) return { tree: nothing, errors }

  const limits = { values: MAX_VALUES, aliases: MAX_ALIASES }

  /** False from the first excess on: then the walk only ends. */
  function within(what: keyof typeof limits, path: Path, origin: Origin): boolean {
    limits[what]--
    const tooDeep = path.length > MAX_DEPTH
    if (limits[what] >= 0 && !tooDeep) return true
    const message = tooDeep ? `nested more than ${MAX_DEPTH} deep` : `too many ${what}`
    if (!errors.some((error) => error.message === message))
      errors.push({ origin, path: [], message })
    return false
  }

  function walk(node: unknown, path: Path, around: Origin): Tree | undefined {
    const origin = isNode(node) && node.range ? originOf(node.range[0]) : around
    if (!within('values', path, origin)) return undefined
    if (isAlias(node)) {
      if (!within('aliases', path, origin)) return undefined
      return walkAlias(node.resolve(document), path, origin)
    }
    if (isMap(node)) return walkMap(node, path, origin)
    if (isSeq(node)) {
      const items = node.items.flatMap((item, index) => walk(item, [...path, index], origin) ?? [])
      return { is: 'list', items, origin }
    }
    return isScalar(node) ? scalar(node.value, path, origin) : undefined
  }

  function walkAlias(node: Node | undefined, path: Path, origin: Origin): Tree | undefined {
    if (node !== undefined) return walk(node, path, origin)
    errors.push({ origin, path, message: 'there is no such anchor before this alias' })
    return undefined
  }

  function walkMap(map: YAMLMap, path: Path, origin: Origin): Tree {
    const entries = new Map<string, Tree>()
    const keys = new Map<string, Origin>()
    for (const { key, value } of map.items) {
      const keyOrigin = isNode(key) && key.range ? originOf(key.range[0]) : origin
      const name = isScalar(key) ? plainKey(key.value) : undefined
      if (name === undefined) {
        errors.push({ origin: keyOrigin, path, message: 'a key is a plain word' })
        continue
      }
      keys.set(name, keyOrigin)
      const tree = walk(value, [...path, name], keyOrigin)
      if (tree !== undefined) entries.set(name, tree)
    }
    return branch(entries, origin, keys)
  }

  function scalar(value: unknown, path: Path, origin: Origin): Tree | undefined {
    if (typeof value === 'number' || typeof value === 'boolean') return leaf(value, origin)
    if (typeof value !== 'string') return undefined
    if (!hasReference(value) || isRaw(path)) return leaf(value, origin)
    try {
      const filled = interpolate(value, environment)
      return filled === '' ? undefined : leaf(filled, origin)
    } catch (error) {
      errors.push({ origin, path, message: asError(error).message })
      return undefined
    }
  }

  return { tree: walk(document.contents, [], top) ?? nothing, errors }
}

function isNode(node: unknown): node is Node {
  return isMap(node) || isSeq(node) || isScalar(node) || isAlias(node)
}

function plainKey(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined
}

function yamlMessage(problem: { readonly code: string; readonly message: string }): string {
  switch (problem.code) {
    case 'DUPLICATE_KEY':
      return 'this key was given before in the same mapping'
    case 'TAB_AS_INDENT':
      return 'tabs cannot indent: use blanks'
    case 'MULTIPLE_DOCS':
      return 'the file holds several documents ("---"): one is expected'
    case 'BLOCK_AS_IMPLICIT_KEY':
      return 'unexpected ":" (a text with ": " in it or ":" at its end needs quotes)'
    default:
      return problem.message.replaceAll(/\s+/g, ' ')
  }
}
