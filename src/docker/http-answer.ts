import type { IncomingMessage } from 'node:http'
import { objectOf, text } from './json.ts'

const MAX_ERROR_BYTES = 65_536
const SHOWN_ERROR = 300

/** An answer that is an error: its HTTP status and the engine's own words. */
export interface HttpError extends Error {
  readonly statusCode: number
}

/** The answer's JSON. Throws when it has more than `maxBytes`; the connection is then destroyed. */
export async function readJson(
  answer: IncomingMessage,
  request: string,
  maxBytes: number,
): Promise<unknown> {
  const body = await readBody(answer, maxBytes)
  if (body === undefined) {
    throw new Error(`${request}: the answer has more than ${maxBytes} bytes and was not read`)
  }
  try {
    return JSON.parse(body)
  } catch {
    throw new Error(`${request}: the answer is not JSON: ${head(body)}`)
  }
}

export async function httpError(answer: IncomingMessage, request: string): Promise<HttpError> {
  const statusCode = answer.statusCode ?? 0
  const body = (await readBody(answer, MAX_ERROR_BYTES)) ?? ''
  const error = new Error(`${request} answered ${statusCode}: ${messageOf(body)}`)
  return Object.assign(error, { statusCode })
}

function messageOf(body: string): string {
  try {
    return head(text(objectOf(JSON.parse(body)), 'message') || body)
  } catch {
    return head(body)
  }
}

const head = (body: string): string => body.trim().slice(0, SHOWN_ERROR) || 'no reason given'

/** `undefined` where it is longer than allowed: leaving the loop destroys the connection. */
export async function readBody(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > maxBytes) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size).toString('utf8')
}
