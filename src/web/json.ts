/** JSON for people and programs: nanoseconds as decimal text, errors as their message. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return String(part)
    if (part instanceof Error) return part.message
    return part
  })
}
