/** What a peer said, if it is JSON; `undefined` otherwise, and the caller says so. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
