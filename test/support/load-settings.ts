import assert from 'node:assert/strict'
import { formatConfigError } from '../../src/config/config-error.ts'
import { loadSettings, type SettingsSources } from '../../src/config/load.ts'
import { testKinds } from './declarations.ts'

const files: { readonly [path: string]: string } = {
  '/run/pw': 'from-file\n',
  '/run/age': '30d\r\n',
}

/** A file's text, and any other source of settings. */
export type Given = Partial<Omit<SettingsSources, 'file'>> & { readonly yaml?: string }

/** Loads settings with the kinds of `declarations.ts` and a few files that exist nowhere. */
export function load({ yaml, ...sources }: Given) {
  return loadSettings({
    ...(yaml === undefined ? {} : { file: { path: 'auditor.yaml', text: yaml } }),
    environment: {},
    kinds: testKinds,
    readFile: (path) => {
      const text = files[path]
      if (text === undefined) throw new Error(`cannot read ${path}`)
      return text
    },
    checkFilter: (text) => (text.includes('!') ? { offset: 3, message: 'no shouting' } : undefined),
    ...sources,
  })
}

export function settings(given: Given) {
  const loaded = load(given)
  if ('errors' in loaded) assert.fail(loaded.errors.map(formatConfigError).join('\n'))
  return loaded.settings
}

export function errors(given: Given): readonly string[] {
  const loaded = load(given)
  return 'errors' in loaded ? loaded.errors.map(formatConfigError) : []
}

export const optionsOf = (given: Given, name: string) =>
  settings(given).sinks.find((sink) => sink.name === name)?.options
