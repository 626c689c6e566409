import { z, type infer as Infer } from 'zod'
import type { UriParts } from '../../config/option-declaration.ts'
import { expected, flag, secret, text } from '../../config/option-types.ts'
import { commonOptions, formatOption } from '../common-options.ts'
import { certWithKey, tlsOptions } from '../wire/tls.ts'

export const httpOptions = z
  .strictObject({
    ...commonOptions(),
    url: endpoint().describe('Where batches are posted, with path and query, without a user'),
    body: z
      .enum(['ndjson', 'array'])
      .default('ndjson')
      .describe('ndjson: one document a line; array: one JSON array'),
    format: formatOption(),
    gzip: flag().prefault(false).describe('Whether requests are compressed'),
    username: text().optional().describe('User of Basic authentication; needs password'),
    password: secret().optional().describe('Its password'),
    token: secret().optional().describe('Bearer token, instead of user and password'),
    headers: z
      .record(headerName(), headerValue())
      .default({})
      .describe('Further request headers by name; their values are treated as secrets'),
    ...tlsOptions(),
  })
  .superRefine((options, context) => {
    const complain = (message: string, field: string): void =>
      context.addIssue({ code: 'custom', message, path: [field] })
    certWithKey(options, context)
    if ((options.username === undefined) !== (options.password === undefined))
      complain('username and password go together', 'username')
    if (options.token !== undefined && options.username !== undefined)
      complain('either a token or a user, not both', 'token')
  })

export type HttpOptions = Infer<typeof httpOptions>

/** `https://user:password@host/path`; the user `bearer` has a token for a password. */
export function httpFromUri(parts: UriParts): { readonly [option: string]: unknown } {
  const { username, password, port, path } = parts
  const protocol = parts.scheme.endsWith('https') ? 'https' : 'http'
  const host = parts.host?.includes(':') ? `[${parts.host.replaceAll(/[[\]]/g, '')}]` : parts.host
  const url = `${protocol}://${host ?? ''}${port === undefined ? '' : `:${port}`}${path || '/'}`
  if (username === 'bearer') return { url, ...(password ? { token: password } : {}) }
  return { url, ...(username ? { username } : {}), ...(password ? { password } : {}) }
}

function endpoint() {
  const wanted = expected('an address such as https://host/path, without a user')
  return z.string(wanted).superRefine((value, context) => {
    const url = URL.parse(value)
    // A password may stand in it: the value itself is not repeated.
    if (url === null || !/^https?:$/.test(url.protocol) || url.username + url.password !== '')
      context.addIssue({ code: 'custom', message: wanted.error({ input: url?.host ?? '' }) })
  })
}

/** What the connection itself needs to say. */
const RESERVED = /^(connection|content-length|expect|host|keep-alive|transfer-encoding|upgrade)$/i

export function headerName() {
  return z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, { error: 'expected the name of a header' })
    .refine((name) => !RESERVED.test(name), { error: 'this header is not yours to set' })
}

export function headerValue() {
  return secret().refine((value) => /^[\t\x20-\x7e\x80-\xff]*$/.test(value), {
    error: 'expected one line of printable characters',
  })
}
