import type { TestContext } from 'node:test'

/** Why a peer is not to be had here, in words that name the cure. */
export interface Missing {
  readonly missing: string
}

/** A real system that tests talk to: looked for once a process. */
export interface Peer<T> {
  readonly name: string
  find(): Promise<T | Missing>
}

/**
 * Declares a peer. `probe` finds or starts it and answers what tests need of it, or why it is
 * missing; a probe that throws counts as missing.
 */
export function peer<T extends object>(name: string, probe: () => Promise<T | Missing>): Peer<T> {
  let found: Promise<T | Missing> | undefined
  return {
    name,
    find: () =>
      (found ??= probe().catch((error: unknown) => ({
        missing: error instanceof Error ? error.message : String(error),
      }))),
  }
}

/**
 * The peer, or `undefined` after the test was marked as skipped with the reason: the test then
 * returns. With `CI=true` a missing peer fails the test instead, for CI installs them all.
 *
 *     const engine = await requirePeer(t, dockerEngine)
 *     if (engine === undefined) return
 */
export async function requirePeer<T extends object>(
  t: Pick<TestContext, 'skip'>,
  wanted: Peer<T>,
  ci = process.env['CI'] === 'true',
): Promise<T | undefined> {
  const found = await wanted.find()
  if (!isMissing(found)) return found
  const reason = `${wanted.name} is missing: ${found.missing}`
  if (ci) throw new Error(reason)
  t.skip(reason)
  return undefined
}

/**
 * For tests that are declared with their skip: the reason why the peer is missing, or false. With
 * `CI=true` a missing peer throws.
 */
export async function reasonToSkip<T extends object>(wanted: Peer<T>): Promise<string | false> {
  let reason: string | undefined
  await requirePeer({ skip: (said) => void (reason = said) }, wanted)
  return reason ?? false
}

function isMissing(found: object): found is Missing {
  return 'missing' in found && typeof found.missing === 'string'
}
