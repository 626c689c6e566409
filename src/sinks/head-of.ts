const MOST = 300

/** The head of a foreign text on one line, fit for a log: control characters become blanks. */
export function headOf(text: string, most = MOST): string {
  const head = text.length > most ? `${text.slice(0, most)}...` : text
  return head.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}
