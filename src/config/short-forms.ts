import { asError } from '../model/errors.ts'
import type { ConfigError } from './config-error.ts'
import type { Environment } from './interpolate.ts'
import type { SinkDeclaration } from './option-declaration.ts'
import type { Origin } from './origin.ts'
import { branch, find, leaf, treeOf, type Branch, type Tree } from './tree.ts'
import { parseSinkUri, type SinkUri } from './uri.ts'

/**
 * Brings one layer into the long form, so that layers can be laid over each other: `docker: URL` is
 * `docker: { endpoint: URL }`, `profile: NAME` is `profile: { name: NAME }`, a sink given as URI is the
 * mapping it stands for, and `name` inside a sink (which URIs know) is an error where it isn't the
 * sink's own.
 */
export function expandShortForms(
  layer: Tree,
  kinds: readonly SinkDeclaration[],
  environment: Environment,
  errors: ConfigError[],
): Tree {
  if (layer.is !== 'branch') return layer
  const docker = find(layer, ['docker'])
  const profile = find(layer, ['profile'])
  const sinks = find(layer, ['sinks'])
  let long: Branch = layer
  if (docker !== undefined && docker.is !== 'branch')
    long = withEntry(long, 'docker', branch([['endpoint', docker]], docker.origin))
  if (profile !== undefined && profile.is !== 'branch')
    long = withEntry(long, 'profile', branch([['name', profile]], profile.origin))
  if (sinks?.is !== 'branch') return long
  const entries = [...sinks.entries].flatMap(([name, sink]) => {
    const tree = expandSink(name, sink, kinds, environment, errors)
    return tree === undefined ? [] : [[name, tree] as const]
  })
  return withEntry(long, 'sinks', branch(entries, sinks.origin, sinks.keys))
}

function expandSink(
  name: string,
  sink: Tree,
  kinds: readonly SinkDeclaration[],
  environment: Environment,
  errors: ConfigError[],
): Tree | undefined {
  const path = ['sinks', name]
  if (sink.is === 'leaf' && typeof sink.value === 'string') {
    try {
      const uri = parseSinkUri(sink.value, kinds, environment)
      if (uri.named && uri.name !== name) throw new Error('the name of a sink is its key here')
      return sinkTree(uri, sink.origin)
    } catch (error) {
      errors.push({ origin: sink.origin, path, message: asError(error).message })
      return undefined
    }
  }
  const own = find(sink, ['name'])
  if (own === undefined || sink.is !== 'branch') return sink
  if (own.is !== 'leaf' || own.value !== name)
    errors.push({
      origin: own.origin,
      path: [...path, 'name'],
      message: 'the name of a sink is its key here',
    })
  return branch(
    [...sink.entries].filter(([key]) => key !== 'name'),
    sink.origin,
    sink.keys,
  )
}

/** What a sink URI says, as the mapping one would write in the file. */
export function sinkTree({ kind, options }: SinkUri, origin: Origin): Tree {
  const inner = treeOf(options, origin)
  const entries = inner?.is === 'branch' ? [...inner.entries] : []
  return branch([['type', leaf(kind, origin)], ...entries], origin)
}

function withEntry(tree: Branch, key: string, value: Tree): Branch {
  return branch([...tree.entries, [key, value]], tree.origin, tree.keys)
}
