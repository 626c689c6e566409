import { accessSync, readFileSync } from 'node:fs'
import { AuditorError, asError } from '../model/errors.ts'
import { configInvalid } from './config-error.ts'
import { CONFIG_VARIABLE } from './environment.ts'
import { loadSettings, type Loaded, type Settings, type SettingsSources } from './load.ts'
import type { Explained } from './explain.ts'
import type { YamlFile } from './yaml.ts'

/** Where a configuration is looked for when nobody says. */
const USUAL_FILES = ['auditor.yaml', '/etc/auditor/auditor.yaml'] as const

/** Everything but what is read from the disk here. */
export interface DiskSources extends Omit<SettingsSources, 'file' | 'readFile'> {
  /** `--config` */
  readonly config?: string | undefined
}

/**
 * The settings of this process: the file is the one of `--config`, else of `AUDITOR_CONFIG`, else
 * `./auditor.yaml`, else `/etc/auditor/auditor.yaml`, else none.
 *
 * @throws AuditorError `config-invalid` with every mistake on a line of its own
 */
export function settingsFromDisk(sources: DiskSources): {
  readonly settings: Settings
  readonly origins: readonly Explained[]
  /** The file that was read. */
  readonly file?: string
} {
  const { loaded, file } = loadFromDisk(sources)
  if ('errors' in loaded) throw configInvalid(loaded.errors)
  return { ...loaded, ...(file === undefined ? {} : { file }) }
}

/**
 * As `settingsFromDisk`, with the mistakes as values.
 *
 * @throws AuditorError `config-invalid` only where the file itself can't be read
 */
export function loadFromDisk(sources: DiskSources): {
  readonly loaded: Loaded
  readonly file?: string
} {
  const { config, environment } = sources
  const wanted = config ?? (environment[CONFIG_VARIABLE] || undefined)
  const path = wanted ?? USUAL_FILES.find(exists)
  if (path === undefined) return { loaded: loadSettings({ ...sources, readFile }) }
  const file: YamlFile = { path, text: readFile(path) }
  return { loaded: loadSettings({ ...sources, file, readFile }), file: path }
}

function exists(path: string): boolean {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}

/** UTF-8 text; the error names the file and the reason. */
function readFile(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
  } catch (error) {
    const reason = asError(error)
    const why = reason instanceof TypeError ? 'it is no UTF-8 text' : reason.message
    throw new AuditorError('config-invalid', `cannot read ${path}: ${why}`, { cause: error })
  }
}
