import { z, type infer as Infer } from 'zod'
import type { UriParts } from '../../config/option-declaration.ts'
import { bytes, durationMs, expected, flag, integer, listOf } from '../../config/option-types.ts'
import { hostsOf } from '../../config/uri-hosts.ts'
import { commonOptions, formatOption } from '../common-options.ts'
import { certWithKey, filesWithTls, tlsOptions } from '../wire/tls.ts'

/** What the beats input of Logstash listens on by convention. */
const PORT = 5044

const HOST = /^(\[[0-9a-f:][^\]\s,/@]*\]|[^\s:,/?#@[\]]+)(?::(\d{1,5}))?$/i

export const beatsOptions = z
  .strictObject({
    ...commonOptions({ batch: 1000 }),
    hosts: listOf(host())
      .prefault([`127.0.0.1:${PORT}`])
      .describe('One or several servers, as host:port; the next one is asked where one fails'),
    tls: flag().prefault(false).describe('Whether the connection is encrypted'),
    ...tlsOptions(),
    compression: integer({ min: 0, max: 9 })
      .prefault(3)
      .describe('Level of zlib compression, from 1 (fast) to 9 (small); 0 sends plain frames'),
    ackWithin: durationMs({ min: '1s', max: '1d' })
      .prefault('10m')
      .describe(
        'How long a server may put a batch off in all by keep-alives; timeout is how long it may say nothing',
      ),
    maxEntry: bytes({ min: '1KiB', max: '1GiB' })
      .prefault('10MiB')
      .describe('Size of the largest document; an entry beyond it becomes a dead letter'),
    format: formatOption(),
  })
  .superRefine((options, context) => {
    certWithKey(options, context)
    filesWithTls(options, context)
  })

export type BeatsOptions = Infer<typeof beatsOptions>

/** `beats:`, `beats://a:5044,b:5044`, `beats+tls://host:port`. */
export function beatsFromUri(parts: UriParts): { readonly [option: string]: unknown } {
  const hosts = hostsOf(parts, { host: '127.0.0.1', port: PORT })
  return {
    ...(hosts.length === 0 ? {} : { hosts }),
    ...(parts.scheme.endsWith('+tls') ? { tls: true } : {}),
  }
}

/** The parts of an item of `hosts`. */
export function addressOf(text: string): { readonly host: string; readonly port: number } {
  const [, name = '', port = PORT] = HOST.exec(text) ?? []
  return { host: name.replaceAll(/[[\]]/g, ''), port: Number(port) }
}

function host() {
  const wanted = expected('host:port, such as logstash:5044 or [::1]:5044')
  return z.string(wanted).refine((text) => {
    const port = HOST.exec(text)?.[2] ?? PORT
    return HOST.test(text) && Number(port) >= 1 && Number(port) <= 65_535
  }, wanted)
}
