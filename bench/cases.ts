import { decode } from './decode.ts'
import type { Case } from './support/case.ts'

/** All benchmarks, in the order of the table. */
export const cases: { readonly [name: string]: Case } = {
  decode,
}
