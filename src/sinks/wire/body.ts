/** The beginning of an answer's body. */
export interface Body {
  readonly text: string
  /** The limit was reached: there was more. */
  readonly cut: boolean
}

/**
 * Reads at most `limit` bytes. Leaving early destroys the stream, and with it the connection: an
 * endless answer costs no memory and no time.
 */
export async function readBody(stream: AsyncIterable<Buffer>, limit: number): Promise<Body> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    size += chunk.length
    if (size > limit) break
  }
  const text = Buffer.concat(chunks).subarray(0, limit).toString()
  return { text, cut: size > limit }
}
