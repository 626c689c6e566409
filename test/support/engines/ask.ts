import { request } from 'node:http'

const DEADLINE_MS = 60_000

export interface Answer {
  readonly status: number
  readonly type: string
  readonly text: string
  /** The text as JSON, or undefined. */
  readonly body: unknown
}

/** One plain HTTP request to an engine, past our own client; an answer of 400 or more throws unless it is asked for. */
export async function ask(
  socketPath: string,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  const answer = await send(socketPath, method, path, body)
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`)
  return answer
}

/** As `ask`, whatever the status. */
export function send(
  socketPath: string,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const asking = request({ socketPath, method, path, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (more: string) => (text += more))
      response.on('error', reject)
      response.on('end', () => {
        const type = response.headers['content-type'] ?? ''
        resolve({ status: response.statusCode!, type, text, body: parsed(text) })
      })
    })
    asking.on('error', reject)
    asking.setTimeout(DEADLINE_MS, () =>
      asking.destroy(new Error(`${method} ${path}: no answer within ${DEADLINE_MS} ms`)),
    )
    asking.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
