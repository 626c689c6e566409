import { toldBy } from '../account/told.ts'
import type { IdKeeper } from './keepers.ts'

/** How long events took from the engine to a sink, in ms. */
export function delays(
  engineId: string,
  told: readonly string[],
  { arrivedAt }: IdKeeper,
): { readonly p50: number; readonly p99: number; readonly max: number; readonly text: string } {
  const took = told
    .map((line) => toldBy(engineId, line))
    .flatMap(({ id, time }) => {
      const at = arrivedAt.get(id)
      return at === undefined ? [] : [at - Number(time / 1_000_000n)]
    })
    .sort((a, b) => a - b)
  const at = (share: number): number => took[Math.floor((took.length - 1) * share)] ?? 0
  const [p50, p99, max] = [at(0.5), at(0.99), at(1)]
  return {
    p50,
    p99,
    max,
    text: `p50 ${p50} ms, p99 ${p99} ms, at most ${max} ms (${took.length} events)`,
  }
}
