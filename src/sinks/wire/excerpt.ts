import { headOf } from '../head-of.ts'

/** Shows the head of what a peer said; for causes, which people read in logs and on terminals. */
export type Excerpt = (said: string) => string

/** More than is shown, so that no secret is cut in two before it is found. */
const LOOKED_AT = 10_000

/** The head on one line, without the secrets: a peer may echo what it was sent. */
export function excerptWithout(secrets: readonly string[]): Excerpt {
  // The longest first, for one may be part of another.
  const hidden = secrets.filter((secret) => secret !== '').toSorted((a, b) => b.length - a.length)
  return (said) => {
    let text = said.slice(0, LOOKED_AT)
    for (const secret of hidden) text = text.replaceAll(secret, '***')
    return headOf(text)
  }
}

/** The ways in which a password may come back: as it is, and as Basic authentication writes it. */
export function formsOf(username: string | undefined, password: string | undefined): string[] {
  if (password === undefined) return []
  return [password, Buffer.from(`${username ?? ''}:${password}`).toString('base64')]
}
