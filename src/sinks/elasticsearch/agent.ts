import type { Dispatcher, Pool } from 'undici'
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
  return {
    async request(options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
      const answer = await pool.request(options).catch((error: unknown) => {
        throw new Error(describeFailure(error, excerpt), { cause: error })
      })
      const { statusCode, headers, body } = answer
      if (statusCode < 300 && headers['x-elastic-product'] !== 'Elasticsearch') {
        const { text } = await readBody(body, HEAD_BYTES)
        throw new Error(`this is no Elasticsearch; it answered ${statusCode} ${excerpt(text)}`)
      }
      return answer
    },
    close: () => pool.close(),
  }
}
