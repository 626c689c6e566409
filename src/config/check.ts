import type { z, ZodType } from 'zod'
import { didYouMean } from '../model/did-you-mean.ts'
import { commandErrors } from './command-errors.ts'
import type { ConfigError, Path } from './config-error.ts'
import { childOf, childrenOf, chosen } from './describe.ts'
import type { SinkDeclaration } from './option-declaration.ts'
import type { settingsSchema } from './schema.ts'
import { find, keyOriginAt, originAt, plainOf, type Tree } from './tree.ts'

type Schema = ReturnType<typeof settingsSchema>
type Issue = z.core.$ZodIssue

/** What is wrong with a filter text, if anything: the language is another folder's. */
export type FilterCheck = (
  text: string,
) => { readonly offset: number; readonly message: string } | undefined

interface Checks {
  readonly kinds: readonly SinkDeclaration[]
  readonly checkFilter?: FilterCheck
}

/** Asks the schema, and the filter language for filters; answers the settings or what is wrong. */
export function checkTree(
  tree: Tree,
  schema: Schema,
  { kinds, checkFilter }: Checks,
): { readonly data?: z.output<Schema>; readonly errors: readonly ConfigError[] } {
  const errors = [
    ...(checkFilter === undefined ? [] : filterErrors(tree, checkFilter)),
    ...commandErrors(tree, kinds),
  ]
  // Asked once: compiling the schema first would take longer than the check.
  const result = schema.safeParse(plainOf(tree), { jitless: true })
  if (result.success) return { data: result.data, errors }
  const types = kinds.map(({ kind }) => kind)
  errors.push(...result.error.issues.flatMap((issue) => errorsOf(issue, tree, schema, types)))
  return { errors }
}

function filterErrors(tree: Tree, checkFilter: FilterCheck): ConfigError[] {
  const sinks = find(tree, ['sinks'])
  const names = sinks?.is === 'branch' ? [...sinks.entries.keys()] : []
  const rules = find(tree, ['alerts'])
  const count = rules?.is === 'list' ? rules.items.length : 0
  const alerts = Array.from({ length: count }, (_, index) => ['alerts', index, 'when'])
  const paths: Path[] = [['filter'], ...alerts, ...names.map((name) => ['sinks', name, 'filter'])]
  return paths.flatMap((path) => {
    const filter = find(tree, path)
    if (filter?.is !== 'leaf' || typeof filter.value !== 'string') return []
    const problem = checkFilter(filter.value)
    if (problem === undefined) return []
    const message = `${problem.message} (position ${problem.offset + 1} of the filter)`
    return [{ origin: filter.origin, path, message }]
  })
}

function errorsOf(
  issue: Issue,
  tree: Tree,
  schema: ZodType,
  types: readonly string[],
): readonly ConfigError[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)))
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(tree, schema, path)
    return issue.keys.map((key) => ({
      origin: keyOriginAt(tree, [...path, key]),
      path: [...path, key],
      message: `unknown key${didYouMean(key, known)}`,
    }))
  }
  if (issue.code === 'invalid_key') {
    const message =
      'the name of a sink has up to 64 letters, digits, dots, dashes and underscores, and begins with a letter or digit'
    return [{ origin: keyOriginAt(tree, path), path, message }]
  }
  // Of all unions only that of the sinks' kinds says no more than that nothing fits.
  const ofKinds = issue.code === 'invalid_union' && issue.discriminator !== undefined
  const given = find(tree, path)
  const isMissing = given === undefined && issue.code === 'invalid_type'
  const plain = isMissing ? 'is missing and has no default' : issue.message
  const message = ofKinds ? kindMessage(given, types) : plain
  return [{ origin: originAt(tree, path), path, message }]
}

function kindMessage(given: Tree | undefined, types: readonly string[]): string {
  const wanted = `the kind of sink: ${types.join(', ')}`
  if (given?.is !== 'leaf') return `is missing: expected ${wanted}`
  const hint = didYouMean(String(given.value), types)
  return `expected ${wanted}; got ${JSON.stringify(given.value)}${hint}`
}

function knownKeys(tree: Tree, schema: ZodType, path: Path): readonly string[] {
  let around: ZodType | undefined = schema
  for (const [index, step] of path.entries()) {
    around = around && childOf(around, String(step))
    around = around && chosen(around, find(tree, path.slice(0, index + 1)))
  }
  const children = around && childrenOf(around)
  return children === undefined ? [] : Object.keys(children).filter((key) => key !== 'name')
}
