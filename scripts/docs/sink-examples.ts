import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { stringify } from 'yaml'
import { leavesOf, type SettingLeaf } from '../../src/config/describe.ts'
import type { SinkDeclaration } from '../../src/config/option-declaration.ts'
import { parseSinkUri } from '../../src/config/uri.ts'
import { sinkKinds } from '../../src/sinks/kinds.ts'
import type { Page } from './page.ts'

const ENCRYPTED = /^(?:https|[a-z]+\+(?:https|tls)):/

/** examples/sinks/KIND.yaml: a configuration that is valid, with every option of the kind. */
export const sinkExamples = (): Promise<readonly Page[]> => Promise.all(sinkKinds.map(exampleOf))

async function exampleOf(kind: SinkDeclaration): Promise<Page> {
  const path = resolve(import.meta.dirname, '../../examples/sinks', `${kind.kind}.yaml`)
  const is = await readFile(path, 'utf8').catch(() => '')
  const options = await resolveConfig(path)
  return { path, is, wanted: await format(textOf(kind), { ...options, parser: 'yaml' }) }
}

function textOf(kind: SinkDeclaration): string {
  const uri = kind.examples.find((example) => ENCRYPTED.test(example)) ?? kind.examples[0]!
  const { options: given } = parseSinkUri(uri, sinkKinds, {})
  const leaves = leavesOf(kind.options).filter(({ path }) => path.join() !== 'name')
  const head = [
    `${kind.summary}.`,
    '',
    'The same as a URI, for the command line, AUDITOR_SINKS, and as the value of a sink in this file:',
    ...kind.examples.map((example) => `  ${example}`),
    '',
    `What is commented out has its default, or need not be set. What is guaranteed, and what happens when`,
    `it is away: docs/sinks/${kind.kind}.md. Check your file: auditor validate FILE`,
  ]
  return [
    ...head.map((line) => `# ${line}`.trimEnd()),
    '',
    ...(kind.runsPrograms === true
      ? ['# Sinks may run programs on this machine; default false', 'allowCommands: true', '']
      : []),
    'sinks:',
    `  ${kind.kind}: # its name`,
    `    type: ${kind.kind}`,
    ...leaves
      .flatMap((leaf) => linesOf(leaf, given))
      .map((line) => (line === '' ? '' : `    ${line}`)),
    '',
  ].join('\n')
}

/** One of a group is shown by the path into it, commented out; examples set none of them. */
function linesOf(
  { path, description, default: usual, secret }: SettingLeaf,
  given: object,
): string[] {
  const [name = '', ...within] = path
  const value = within.length === 0 ? (given as Record<string, unknown>)[name] : undefined
  const about = [``, `# ${description}`]
  if (value !== undefined)
    return [...about, `${name}: ${secret ? `\${${name.toUpperCase()}}` : yaml(value)}`]
  const shown = usual === undefined ? '...' : yaml(usual)
  const nested = within.reduceRight((inner, key) => `{ ${key}: ${inner} }`, shown)
  return [...about, `# ${name}: ${nested}`]
}

const yaml = (value: unknown): string =>
  stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim()
