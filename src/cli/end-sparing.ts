import { setFlagsFromString } from 'node:v8'

/**
 * Ends the sparing of memory that `main.ts` began: from now on what is hot is compiled for speed, and
 * heaps grow as they need.
 */
export function endSparing(): void {
  for (const flag of ['--opt', '--maglev', '--short-builtin-calls', '--no-optimize-for-size']) {
    setFlagsFromString(flag)
  }
}
