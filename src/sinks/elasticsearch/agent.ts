import type { Dispatcher, Pool } from 'undici'
import { asError } from '../../model/errors.ts'
import { readBody } from '../wire/body.ts'
import type { Excerpt } from '../wire/excerpt.ts'
import { describeFailure } from '../wire/failure.ts'

/** How much of a stranger's answer is looked at. */
const HEAD_BYTES = 4096

/**
 * What Elastic's client sends requests with: a pool whose failures say what the other side answered.
 * The client alone would say "Parse Error" to a server that speaks no HTTP, and would leave the
 * answer of one that is no Elasticsearch unread on its connection.
 */
export function createAgent(pool: Pool, excerpt: Excerpt) {
  /** Then it is what it should be, and whatever fails is not the address. */
  let hasAnswered = false
  return {
    async request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
      const answer = await pool.request(options).catch((error: unknown) => {
        const cure = hasAnswered ? '' : cureOf(error, String(options.origin))
        throw new Error(`${describeFailure(error, excerpt)}${cure}`, { cause: error })
      })
      const { statusCode, headers, body } = answer
      if (statusCode < 300 && headers['x-elastic-product'] !== 'Elasticsearch') {
        const { text } = await readBody(body, HEAD_BYTES)
        throw new Error(`this is no Elasticsearch; it answered ${statusCode} ${excerpt(text)}`)
      }
      hasAnswered = true
      return answer
    },
    close: () => pool.close(),
  }
}

/** Where one side speaks TLS and the other does not, as it seems. */
function cureOf(thrown: unknown, origin: string): string {
  const error = asError(thrown)
  const said = `${'code' in error ? String(error.code) : ''} ${error.message}`
  if (origin.startsWith('https:'))
    return /WRONG_VERSION|PACKET_LENGTH/.test(said)
      ? ' (does it speak TLS at all? if not, http:)'
      : ''
  return /UND_ERR_SOCKET|ECONNRESET/.test(said) ? ' (if it wants TLS, use https:)' : ''
}
