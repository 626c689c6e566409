import { AuditorError } from '../model/errors.ts'

/**
 * Puts an option of a URI into the options: a path of several steps leads into groups, and what comes
 * again becomes a list.
 *
 * @throws AuditorError `config-invalid` where something is both a value and a group
 */
export function putOption(
  target: { [key: string]: unknown },
  path: readonly string[],
  value: string,
): void {
  const [key = '', ...rest] = path
  const present = Object.hasOwn(target, key) ? target[key] : undefined
  if (rest.length > 0) {
    if (present !== undefined && (typeof present !== 'object' || Array.isArray(present)))
      throw new AuditorError('config-invalid', `the option "${key}" has both a value and parts`)
    const group = { ...(present as { [key: string]: unknown } | undefined) }
    putOption(group, rest, value)
    define(target, key, group)
  } else if (present === undefined) {
    define(target, key, value)
  } else {
    define(target, key, [present, value].flat())
  }
}

/** An own property, also for names such as `__proto__`. */
function define(target: object, key: string, value: unknown): void {
  Object.defineProperty(target, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  })
}
