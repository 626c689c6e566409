import { asError } from '../model/errors.ts'
import { checkTree, type FilterCheck } from './check.ts'
import { sortErrors, type ConfigError, type Path } from './config-error.ts'
import { readEnvironment, type SpokenUri } from './environment.ts'
import { explain, type Explained } from './explain.ts'
import type { Environment } from './interpolate.ts'
import { maskUri } from './mask.ts'
import type { SinkDeclaration } from './option-declaration.ts'
import { withProfileDefaults } from './profile-defaults.ts'
import { readSecretFiles } from './read-secret-files.ts'
import { settingsSchema, type FixedSettings } from './schema.ts'
import { expandShortForms, sinkTree } from './short-forms.ts'
import { uniqueName } from './sink-name.ts'
import { branch, find, merge, treeAt, treeOf, type Branch, type Tree } from './tree.ts'
import { parseSinkUri } from './uri.ts'
import { readYaml, type YamlFile } from './yaml.ts'

/** A setting given as a flag of the command line. Unset ones (`undefined`) are passed over. */
export interface FlagSetting {
  /** As typed: `--data`. */
  readonly flag: string
  /** `['docker', 'endpoint']` */
  readonly path: readonly string[]
  readonly value: unknown
}

export interface SettingsSources {
  readonly file?: YamlFile | undefined
  readonly environment: Environment
  readonly flags?: readonly FlagSetting[]
  /** From the command line; they are added to the sinks of the file and the environment. */
  readonly uris?: readonly string[]
  readonly kinds: readonly SinkDeclaration[]
  /** For `_FILE` variables and `{ file: PATH }` secrets; throws where it can't. */
  readonly readFile: (path: string) => string
  readonly checkFilter?: FilterCheck
}

/** One sink with its checked options, ready for its kind's `create(options, name)`. */
export interface ConfiguredSink {
  readonly name: string
  readonly kind: string
  readonly options: { readonly [option: string]: unknown }
}

export interface Settings extends FixedSettings {
  readonly sinks: readonly ConfiguredSink[]
}

export type Loaded =
  | { readonly settings: Settings; readonly origins: readonly Explained[] }
  | { readonly errors: readonly ConfigError[] }

/**
 * Settings out of defaults < file < environment < flags, and sinks out of all of them together with
 * the URIs. Every mistake is told at once, each with its place.
 */
export function loadSettings(sources: SettingsSources): Loaded {
  const { file, environment, kinds, readFile } = sources
  const schema = settingsSchema(kinds)
  const errors: ConfigError[] = []
  let tree: Tree = branch([], { from: 'default' })

  function add(layer: Tree): void {
    tree = merge(tree, expandShortForms(layer, kinds, environment, errors))
  }

  if (file !== undefined) {
    const read = readYaml(file, environment, isSinkUri)
    errors.push(...read.errors)
    if (read.tree.is === 'branch') add(read.tree)
    else
      errors.push({ origin: read.tree.origin, path: [], message: 'expected a mapping of settings' })
  }
  const sinkNames = namesIn(tree)
  const spoken = readEnvironment({ environment, schema, kinds, sinkNames, readFile })
  errors.push(...spoken.errors)
  add(spoken.tree)
  for (const { flag, path, value } of sources.flags ?? []) {
    const given = treeOf(value, { from: 'flag', flag })
    if (given !== undefined) add(treeAt(path, given))
  }
  const typed = (sources.uris ?? []).map((uri): SpokenUri => ({
    uri,
    origin: { from: 'uri', uri: maskUri(uri) },
  }))
  for (const uri of [...spoken.uris, ...typed]) addUri(uri)

  function addUri({ uri, origin }: SpokenUri): void {
    try {
      const sink = parseSinkUri(uri, kinds, environment)
      const taken = new Set(namesIn(tree))
      if (sink.named && taken.has(sink.name))
        throw new Error(`there is another sink called "${sink.name}": give them different names`)
      const name = sink.named ? sink.name : uniqueName(sink.name, taken)
      tree = merge(tree, treeAt(['sinks', name], sinkTree(sink, origin)))
    } catch (error) {
      const reason = asError(error).message
      const message = origin.from === 'uri' ? reason : `"${maskUri(uri)}": ${reason}`
      errors.push({ origin, path: [], message })
    }
  }

  const filled = withProfileDefaults(tree, kinds)
  const complete = readSecretFiles(filled, schema, readFile, errors) as Branch
  const checked = checkTree(complete, schema, sources)
  errors.push(...checked.errors)
  if (checked.data === undefined || errors.length > 0) return { errors: sortErrors(errors) }
  const { sinks, ...fixed } = checked.data
  const configured = Object.entries(sinks).map(([name, { type, ...options }]): ConfiguredSink => ({
    name,
    kind: String(type),
    options,
  }))
  return {
    settings: { ...fixed, sinks: configured },
    origins: explain(complete, schema),
  }
}

/** Sinks may be given as URIs, which put in the variables themselves. */
function isSinkUri(path: Path): boolean {
  return path.length === 2 && path[0] === 'sinks'
}

function namesIn(tree: Tree): readonly string[] {
  const sinks = find(tree, ['sinks'])
  return sinks?.is === 'branch' ? [...sinks.entries.keys()] : []
}
