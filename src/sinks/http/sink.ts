import { systemClock, type Clock } from '../../actors/clock.ts'
import type { Delivery } from '../../model/delivery.ts'
import type { Sequenced } from '../../model/entry.ts'
import { AuditorError } from '../../model/errors.ts'
import { entriesFor } from '../formats/classic.ts'
import { formats } from '../formats/formats.ts'
import type { Sink, SinkKind } from '../sink.ts'
import { describeFailure } from '../wire/failure.ts'
import { httpFromUri, httpOptions, type HttpOptions } from './options.ts'
import { withSize } from '../wire/with-size.ts'
import { createPoster } from './post.ts'
import { deliveryOf } from './verdict.ts'

/** Batches posted to an HTTP address: delivered means that it answered 2xx. */
export const httpKind: SinkKind<typeof httpOptions> = {
  kind: 'http',
  schemes: ['http', 'https', 'http+http', 'http+https'],
  summary: 'Batches posted to an HTTP address, as NDJSON or as a JSON array',
  examples: [
    'https://user:password@hooks.example/docker?gzip=true',
    'http://bearer:TOKEN@127.0.0.1:8080/events?body=array&batch=100',
  ],
  options: httpOptions,
  fromUri: httpFromUri,
  create: (options, name) => createHttpSink(options, name),
}

export function createHttpSink(
  options: HttpOptions,
  name: string,
  clock: Clock = systemClock,
): Sink {
  const poster = createPoster(options, clock)
  const format = formats[options.format]
  const { host } = new URL(options.url)

  function bodyOf(entries: readonly Sequenced[]): string {
    const documents = entries.map(format)
    return options.body === 'array' ? `[${documents.join(',')}]` : `${documents.join('\n')}\n`
  }

  return {
    name,
    ...entriesFor(options.format),
    async deliver({ entries }, signal): Promise<Delivery> {
      try {
        const body = bodyOf(entries)
        return withSize(deliveryOf(await poster.post(body, signal)), Buffer.byteLength(body))
      } catch (thrown) {
        const message = `${host}: ${describeFailure(thrown, poster.excerpt)}`
        // Without the error itself, which may hold what the server echoed, secrets too.
        return { status: 'retry', cause: new AuditorError('sink-unreachable', message) }
      }
    },
    close: () => poster.close(),
  }
}
