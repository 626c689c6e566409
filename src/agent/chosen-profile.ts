import { lookup } from 'node:dns/promises'
import { hostname } from 'node:os'
import type { Clock } from '../actors/clock.ts'
import { withDeadline } from '../actors/deadline.ts'
import type { ProfileSettings } from '../config/profile-schema.ts'
import { profileOf, type Profile } from '../profiles/profile.ts'

const LOOKUP_MS = 2_000

/**
 * The profile that settings choose, with this machine's name and address: asked for once, where the
 * old programs asked for each service. A name that does not resolve leaves addresses as they are bound.
 */
export async function chosenProfile(
  settings: ProfileSettings,
  clock: Clock,
  signal: AbortSignal,
): Promise<Profile | undefined> {
  if (settings.name === undefined) return undefined
  const name = hostname()
  const limits = { what: `resolving ${name}`, ms: LOOKUP_MS, signal, clock }
  const found = await withDeadline(() => lookup(name, { order: 'ipv4first' }), limits).catch(
    () => undefined, // as they did, too
  )
  signal.throwIfAborted()
  const host = { name, ...(found === undefined ? {} : { address: found.address }) }
  return profileOf(settings.name, settings, host)
}
