import { accessSync, constants, readFileSync } from 'node:fs'
import { z } from 'zod'
import { asError } from '../../model/errors.ts'

/** Where the certificates are that a TLS connection needs; all PEM files. */
export interface TlsFiles {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/** What they hold, as `tls.connect` takes it. */
export interface TlsMaterial {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

/** The options of sinks that speak TLS; spread them into the kind's own `z.strictObject`. */
export function tlsOptions() {
  return {
    ca: readableFile()
      .optional()
      .describe("PEM file of the authorities to trust; default those the system's Node trusts"),
    cert: readableFile()
      .optional()
      .describe('PEM file of the certificate this client shows; needs key'),
    key: readableFile().optional().describe('PEM file of the private key of cert'),
  }
}

function readableFile() {
  return z.string().superRefine((path, context) => {
    try {
      accessSync(path, constants.R_OK)
    } catch (error) {
      context.addIssue({ code: 'custom', message: `can't be read: ${asError(error).message}` })
    }
  })
}

interface Complaints {
  addIssue(issue: { code: 'custom'; message: string; path: string[] }): void
}

/** For kinds with a `tls` option: the files are of no use where the connection is in plain text. */
export function filesWithTls(
  options: TlsFiles & { readonly tls: boolean },
  context: Complaints,
): void {
  if (options.tls) return
  for (const field of ['ca', 'cert', 'key'] as const) {
    if (options[field] !== undefined)
      context.addIssue({ code: 'custom', message: 'is of no use without tls', path: [field] })
  }
}

/** For `z.strictObject(...).superRefine`: a certificate is of no use without its key. */
export function certWithKey(files: TlsFiles, context: Complaints): void {
  if ((files.cert === undefined) === (files.key === undefined)) return
  const there = files.cert === undefined ? 'key' : 'cert'
  const missing = there === 'key' ? 'cert' : 'key'
  context.addIssue({
    code: 'custom',
    message: `${there} is of no use without ${missing}`,
    path: [there],
  })
}

/** Reads the files. Throws where one can't be read (any more). */
export function readTls(files: TlsFiles): TlsMaterial {
  return {
    ...(files.ca === undefined ? {} : { ca: readFileSync(files.ca) }),
    ...(files.cert === undefined ? {} : { cert: readFileSync(files.cert) }),
    ...(files.key === undefined ? {} : { key: readFileSync(files.key) }),
  }
}
