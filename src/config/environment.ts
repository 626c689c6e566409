import type { ZodType } from 'zod'
import { asError } from '../model/errors.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import type { ConfigError } from './config-error.ts'
import { childrenOf, leavesOf } from './describe.ts'
import type { Environment } from './interpolate.ts'
import type { SinkDeclaration } from './option-declaration.ts'
import type { Origin } from './origin.ts'
import { branch, leaf, merge, treeAt, type Branch, type Tree } from './tree.ts'

const PREFIX = 'AUDITOR_'
/** Says where the file is, and is no setting. */
export const CONFIG_VARIABLE = 'AUDITOR_CONFIG'
/** Of the file's format; in an environment it would be taken for the program's, so it has no meaning there. */
const VERSION_VARIABLE = 'AUDITOR_VERSION'

/** What Kubernetes and Docker's links set for a service that is called "auditor". */
const SERVICE_LINK =
  /^AUDITOR_(?:SERVICE_(?:HOST|PORT)(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP)(?:_\w+)?)?|NAME|ENV_\w+)$/

interface EnvironmentParts {
  readonly environment: Environment
  readonly schema: ZodType
  readonly kinds: readonly SinkDeclaration[]
  /** Names of the sinks in the file: `AUDITOR_SINKS__MY_SINK__BATCH` may mean `my-sink` there. */
  readonly sinkNames: readonly string[]
  readonly readFile: (path: string) => string
}

/** What `AUDITOR_SINKS` says: URIs with blanks between them. */
export interface SpokenUri {
  readonly uri: string
  readonly origin: Origin
}

/**
 * Settings from variables: `AUDITOR_` and the path in capitals, its parts joined by `__`. Within a
 * part underscores may stand between words or not: `AUDITOR_DOCKER__SILENCE_TIMEOUT` and
 * `..__SILENCETIMEOUT` are both `docker.silenceTimeout`. With `_FILE` behind it the value is read from
 * that file, without the line break at its end. An empty variable counts as not set. Values are
 * taken as they are: `${...}` has no meaning in them.
 */
export function readEnvironment(parts: EnvironmentParts): {
  readonly tree: Branch
  readonly uris: readonly SpokenUri[]
  readonly errors: readonly ConfigError[]
} {
  const { environment, readFile } = parts
  let tree: Tree = branch([], { from: 'default' })
  const uris: SpokenUri[] = []
  const errors: ConfigError[] = []
  for (const variable of Object.keys(environment).toSorted()) {
    const given = environment[variable]
    if (!variable.startsWith(PREFIX) || !given || isNoSetting(variable)) continue
    const origin: Origin = { from: 'environment', variable }
    const target = targetOf(variable, parts)
    if (target === undefined) {
      errors.push({ origin, path: [], message: unknownVariable(variable, parts) })
      continue
    }
    let value = given
    if (target.isFile) {
      try {
        value = readFile(given).replace(/\r?\n$/, '')
      } catch (error) {
        errors.push({ origin, path: target.path, message: asError(error).message })
        continue
      }
    }
    if (target.path.length === 1 && target.path[0] === 'sinks')
      uris.push(...value.split(/\s+/).flatMap((uri) => (uri === '' ? [] : { uri, origin })))
    else tree = merge(tree, treeAt(target.path, leaf(value, origin)))
  }
  return { tree: tree as Branch, uris, errors }
}

function isNoSetting(variable: string): boolean {
  return [CONFIG_VARIABLE, VERSION_VARIABLE].includes(variable) || SERVICE_LINK.test(variable)
}

interface Target {
  readonly path: readonly string[]
  readonly isFile: boolean
}

/** A setting whose own name ends in FILE wins over the reading of a file. */
function targetOf(variable: string, parts: EnvironmentParts): Target | undefined {
  const name = variable.slice(PREFIX.length)
  const path = pathOf(name, parts)
  if (path !== undefined) return { path, isFile: false }
  if (!name.endsWith('_FILE')) return undefined
  const filePath = pathOf(name.slice(0, -'_FILE'.length), parts)
  return filePath && { path: filePath, isFile: true }
}

function pathOf(name: string, parts: EnvironmentParts): readonly string[] | undefined {
  const [first = '', second, ...rest] = name.split('__')
  if (!same(first, 'sinks') || second === undefined)
    return pathWithin(name.split('__'), parts.schema)
  const sink =
    parts.sinkNames.find((known) => same(known, second)) ??
    second.toLowerCase().replaceAll('_', '-')
  if (rest.length === 0) return ['sinks', sink]
  if (rest.length === 1 && same(rest[0]!, 'type')) return ['sinks', sink, 'type']
  for (const { options } of parts.kinds) {
    const path = pathWithin(rest, options)
    if (path !== undefined) return ['sinks', sink, ...path]
  }
  return undefined
}

function pathWithin(segments: readonly string[], schema: ZodType): readonly string[] | undefined {
  const [segment, ...rest] = segments
  if (segment === undefined) return []
  const children = childrenOf(schema)
  if (children === undefined) return undefined
  const key = Object.keys(children).find((key) => same(key, segment))
  if (key === undefined) return undefined
  const inner = pathWithin(rest, children[key]!)
  return inner && [key, ...inner]
}

function same(key: string, segment: string): boolean {
  return squeezed(key) === squeezed(segment)
}

function squeezed(name: string): string {
  return name.replaceAll(/[-_.]/g, '').toLowerCase()
}

function unknownVariable(variable: string, { schema, kinds }: EnvironmentParts): string {
  const known = [CONFIG_VARIABLE, ...leavesOf(schema).map(({ path }) => variableOf(path))]
  const sink = /^AUDITOR_SINKS__(\w+?)__/.exec(variable)?.[0]
  if (sink !== undefined)
    for (const { options } of kinds)
      known.push(...Object.keys(options.shape).map((key) => sink + segmentOf(key)))
  return `unknown variable${didYouMean(variable, known)}`
}

/** The variable of a setting: `AUDITOR_DOCKER__SILENCE_TIMEOUT`. */
export function variableOf(path: readonly string[]): string {
  return PREFIX + path.map(segmentOf).join('__')
}

function segmentOf(key: string): string {
  return key
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll(/[-.]/g, '_')
    .toUpperCase()
}
