import { AuditorError } from '../model/errors.ts'
import { maskUri } from './mask.ts'
import { placeOf, type Origin } from './origin.ts'

export type Path = readonly (string | number)[]

/** One thing that is wrong with the configuration. */
export interface ConfigError {
  readonly origin: Origin
  /** Of the setting; empty where no setting is concerned, such as in a file that is no YAML. */
  readonly path: Path
  readonly message: string
}

/** `auditor.yaml:9:5: sinks.es.bach: unknown key, did you mean "batch"?` Without secrets. */
export function formatConfigError({ origin, path, message }: ConfigError): string {
  const subject = path.length === 0 ? '' : `${path.join('.')}: `
  return maskUri(`${placeOf(origin)}: ${subject}${message}`).replaceAll(/\p{Cc}/gu, ' ')
}

/** The error a command ends with: every complaint on a line of its own. */
export function configInvalid(errors: readonly ConfigError[]): AuditorError {
  const lines = errors.map(formatConfigError)
  return new AuditorError('config-invalid', `the configuration is wrong:\n${lines.join('\n')}`)
}

/** Those of a file first and by line, then the others in the order they were found. */
export function sortErrors(errors: readonly ConfigError[]): readonly ConfigError[] {
  const rank = ({ origin }: ConfigError): readonly [number, number] =>
    origin.from === 'file' ? [origin.line, origin.column] : [Infinity, 0]
  return errors.toSorted((a, b) => {
    const [lineA, columnA] = rank(a)
    const [lineB, columnB] = rank(b)
    return lineA === lineB ? columnA - columnB : lineA < lineB ? -1 : 1
  })
}
