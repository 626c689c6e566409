import type { ZodObject } from 'zod'

/**
 * What one kind of sink lets people set: the single declaration behind URIs, the configuration
 * file, `--help`, the docs and the JSON Schema. Every field carries `.describe()` text.
 */
export interface SinkDeclaration {
  /** `type:` in the configuration file. */
  readonly kind: string
  /** URI schemes, without the colon. */
  readonly schemes: readonly string[]
  readonly summary: string
  /** Example URIs for help and docs. */
  readonly examples: readonly string[]
  readonly options: ZodObject
  /** The path of its URI is a secret: it is hidden, and no part of the sink's name. Default false. */
  readonly hasSecretPath?: boolean
  /** It starts programs: refused unless the setting `allowCommands` says otherwise. Default false. */
  readonly runsPrograms?: boolean
  /** Defaults where a profile is chosen and the sink's format is not given. Default: none. */
  readonly underProfile?: { readonly [option: string]: string }
  /**
   * The kind's options from the parts of a URI that are not the query (host, port, user, password,
   * path, scheme); the query's names are option names. Values are checked by `options` afterwards.
   */
  fromUri(parts: UriParts): { readonly [option: string]: unknown }
}

export interface UriParts {
  readonly scheme: string
  readonly host?: string
  readonly port?: number
  /** What stands beside it in `//a:1,b:2`; only where there is a comma. */
  readonly moreHosts?: readonly UriHost[]
  readonly username?: string
  readonly password?: string
  /** With its leading slash; empty where there is none. */
  readonly path: string
}

export interface UriHost {
  readonly host: string
  readonly port?: number
}
