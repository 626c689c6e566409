import { z, type infer as Infer } from 'zod'
import type { UriParts } from '../../config/option-declaration.ts'
import { durationMs, flag, port } from '../../config/option-types.ts'
import { commonOptions, formatOption } from '../common-options.ts'
import { certWithKey, filesWithTls, tlsOptions } from '../wire/tls.ts'

export const logstashOptions = z
  .strictObject({
    ...commonOptions({ batch: 1000 }),
    host: z.string().min(1).default('127.0.0.1').describe('Name or address of the receiver'),
    port: port().prefault(5959).describe('Its TCP port'),
    tls: flag().prefault(false).describe('Whether the connection is encrypted'),
    ...tlsOptions(),
    codec: z.literal('json_lines').default('json_lines').describe('One JSON document a line'),
    format: formatOption(),
    timestamp: flag()
      .prefault(false)
      .describe('Whether the format classic has @timestamp, which the old program left out'),
    confirm: z
      .enum(['close', 'quiet'])
      .default('close')
      .describe(
        'close: a batch is delivered when the receiver has read the end of its connection; ' +
          'quiet: when one lasting connection shows no sign of trouble for the time of settle',
      ),
    connection: z
      .enum(['batch', 'message'])
      .default('batch')
      .describe(
        'batch: one connection for a batch; message: one for each entry, for receivers that take what ' +
          'they read from one as one document (codec json)',
      ),
    settle: durationMs({ max: '10s' })
      .prefault('250ms')
      .describe(
        'How long a receiver must outlive a batch before it counts as delivered; longer for batches over 1000',
      ),
  })
  .superRefine((options, context) => {
    certWithKey(options, context)
    filesWithTls(options, context)
    if (options.connection === 'message' && options.confirm !== 'close')
      context.addIssue({
        code: 'custom',
        path: ['connection'],
        message: 'a connection for each message is closed behind it: confirm must be close',
      })
  })

export type LogstashOptions = Infer<typeof logstashOptions>

/** `logstash:`, `logstash://host:port`, `logstash+tls://host:port`. */
export function logstashFromUri(parts: UriParts): { readonly [option: string]: unknown } {
  return {
    ...(parts.host ? { host: parts.host.replaceAll(/[[\]]/g, '') } : {}),
    ...(parts.port === undefined ? {} : { port: parts.port }),
    ...(parts.scheme.endsWith('+tls') ? { tls: true } : {}),
  }
}
