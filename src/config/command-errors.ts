import type { ConfigError } from './config-error.ts'
import type { SinkDeclaration } from './option-declaration.ts'
import { flag } from './option-types.ts'
import { find, type Tree } from './tree.ts'

/**
 * Sinks that run programs are refused unless the setting `allowCommands` is true: no sink can say so by
 * itself, so that whoever may only name where entries go can't run anything.
 */
export function commandErrors(
  tree: Tree,
  kinds: readonly SinkDeclaration[],
): readonly ConfigError[] {
  const allowed = find(tree, ['allowCommands'])
  if (allowed?.is === 'leaf' && flag().safeParse(allowed.value).data === true) return []
  const sinks = find(tree, ['sinks'])
  const names = sinks?.is === 'branch' ? [...sinks.entries.keys()] : []
  return names.flatMap((name) => {
    const type = find(tree, ['sinks', name, 'type'])
    const runs = kinds.find(({ kind }) => type?.is === 'leaf' && type.value === kind)?.runsPrograms
    if (type === undefined || runs !== true) return []
    const message =
      'this sink runs a program, which is refused without allowCommands: true in the configuration (or AUDITOR_ALLOW_COMMANDS=true)'
    return [{ origin: type.origin, path: ['sinks', name], message }]
  })
}
