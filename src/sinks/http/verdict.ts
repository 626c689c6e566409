import type { Delivery } from '../../model/delivery.ts'

/** What a server answered to one batch, as far as it matters. */
export interface HttpAnswer {
  readonly status: number
  /** The head of what it said, fit to be shown. */
  readonly said: string
  /** Where a redirect points, fit to be shown. */
  readonly location?: string
  readonly afterMs?: number
}

/** These say that the batch can't be taken, whenever it comes: it is split down to the one at fault. */
const REFUSALS: ReadonlySet<number> = new Set([400, 413, 422])

/** Overloaded, not allowed, not there, not so: whatever the entries are, they are not to blame. */
const SINK_STATUSES: ReadonlySet<number> = new Set([401, 403, 404, 405, 407, 415, 425, 429, 503])

const CURES: { readonly [status: number]: string } = {
  401: ' (check username and password, or token)',
  403: ' (what is allowed to this user or token?)',
  404: ' (is the path right?)',
  405: ' (does this address take POST?)',
  407: ' (a proxy in between asks for a user)',
  415: ' (try body: array or gzip: false)',
}

/**
 * 2xx is delivered; 400, 413 and 422 are refused. Everything else is tried again, a wrong password
 * and a wrong path too: they say nothing of the entries, which wait for the cure.
 */
export function deliveryOf({ status, said, location, afterMs }: HttpAnswer): Delivery {
  if (status >= 200 && status < 300) return { status: 'delivered' }
  const shown = said === '' ? '' : `: ${said}`
  if (REFUSALS.has(status)) {
    return { status: 'refused', cause: new Error(`the server answered ${status}${shown}`) }
  }
  const redirected = status >= 300 && status < 400
  const cure = redirected
    ? ` (redirects are not followed; set the url to ${location ?? 'where it leads'})`
    : (CURES[status] ?? '')
  return {
    status: 'retry',
    cause: new Error(`the server answered ${status}${cure}${shown}`),
    ...(redirected || SINK_STATUSES.has(status) ? { blame: 'sink' } : {}),
    ...(afterMs === undefined ? {} : { afterMs }),
  }
}
