import { z, type infer as Infer } from 'zod'
import { systemClock, type Clock } from '../../actors/clock.ts'
import { expected, secret, text } from '../../config/option-types.ts'
import type { Delivery } from '../../model/delivery.ts'
import { AuditorError } from '../../model/errors.ts'
import { alertSinkOptions, giveUpOption, tooLate } from '../alert-options.ts'
import { headerName, headerValue, httpFromUri } from '../http/options.ts'
import { createPoster } from '../http/post.ts'
import { deliveryOf } from '../http/verdict.ts'
import type { Sink, SinkKind } from '../sink.ts'
import { describeFailure } from '../wire/failure.ts'
import { tlsOptions } from '../wire/tls.ts'
import { templateNames, templates } from './templates.ts'

const options = z
  .strictObject({
    ...alertSinkOptions(20),
    url: secret()
      .refine(
        (value) => {
          const url = URL.parse(value)
          return (
            url !== null && /^https?:$/.test(url.protocol) && url.username + url.password === ''
          )
        },
        { error: 'expected an address such as https://host/path, without a user' },
      )
      .describe('Where messages are posted; for Slack and others it is a secret, and hidden'),
    template: z
      .enum(templateNames, expected(templateNames.join(', ')))
      .default('generic')
      .describe('How a message is written: generic (JSON), slack (Mattermost, too) or ntfy'),
    giveUp: giveUpOption(),
    username: text().optional().describe('User of Basic authentication; needs password'),
    password: secret().optional().describe('Its password'),
    token: secret().optional().describe('Bearer token, instead of user and password'),
    headers: z
      .record(headerName(), headerValue())
      .default({})
      .describe('Further request headers by name; their values are treated as secrets'),
    ...tlsOptions(),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    error: 'username and password go together',
    path: ['username'],
  })

type WebhookOptions = Infer<typeof options>

/** Alerts posted to a web address, several at once as one message: told means that it answered 2xx. */
export const webhookKind: SinkKind<typeof options> = {
  kind: 'webhook',
  schemes: ['webhook+https', 'webhook+http'],
  summary: 'Alerts posted to a web address, as Slack, ntfy or any program takes them',
  examples: [
    'webhook+https://hooks.slack.com/services/T000/B000/XXXX?template=slack',
    'webhook+https://ntfy.sh/my-topic?template=ntfy',
  ],
  options,
  tellsPeople: true,
  hasSecretPath: true,
  fromUri: httpFromUri,
  create: (options, name) => createWebhookSink(options, name),
}

export function createWebhookSink(
  options: WebhookOptions,
  name: string,
  clock: Clock = systemClock,
): Sink {
  const { host, pathname, search } = new URL(options.url)
  const secrets = [options.url, pathname + search, ...pathname.split('/'), search.slice(1)]
  const poster = createPoster(
    { ...options, body: 'array', format: 'raw', gzip: false },
    clock,
    secrets.filter((secret) => secret.length > 3),
  )

  return {
    name,
    async deliver({ entries }, signal): Promise<Delivery> {
      const late = tooLate(entries, options.giveUp, clock.now())
      if (late !== undefined) return late
      const { body, headers } = templates[options.template](entries)
      try {
        return deliveryOf(await poster.post(body, signal, headers))
      } catch (thrown) {
        const message = `${host}: ${describeFailure(thrown, poster.excerpt)}`
        // Without the error itself, which may hold what the server echoed, secrets too.
        return { status: 'retry', cause: new AuditorError('sink-unreachable', message) }
      }
    },
    close: () => poster.close(),
  }
}
