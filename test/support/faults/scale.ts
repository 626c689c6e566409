import type { TestContext } from 'node:test'
import { mulberry32 } from '../random.ts'

/** How many times as much as in an ordinary run happens in a fault run: `FAULT_SCALE`, default 1. */
export const faultScale = Number(process.env['FAULT_SCALE'] ?? 1)
if (!(faultScale > 0)) throw new TypeError('FAULT_SCALE has to be a number above 0')

/** Chances of one run, printed; `FAULT_SEED` repeats those of an earlier one. */
export function chances(t: Pick<TestContext, 'diagnostic'>): () => number {
  const given = process.env['FAULT_SEED']
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given)
  if (!Number.isInteger(seed)) throw new TypeError('FAULT_SEED has to be a whole number')
  t.diagnostic(`FAULT_SEED=${seed}`)
  return mulberry32(seed)
}
