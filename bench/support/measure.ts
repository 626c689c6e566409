/**
 * Does two pieces of work in turn, so that a machine that slows down slows both: `runs` times each
 * after one round that is not counted. Every round gets input of its own from `prepare`, outside of
 * what is measured; `bare` may make its own of that before it answers the work to be measured. Answers
 * units per second of each.
 */
export async function beside<T>(
  runs: number,
  units: number,
  prepare: (round: number) => T | Promise<T>,
  ours: (input: T) => unknown,
  bare: (input: T) => () => unknown,
): Promise<{ readonly ours: number[]; readonly bare: number[] }> {
  const rates = { ours: [] as number[], bare: [] as number[] }
  for (let round = 0; round <= runs; round++) {
    const input = await prepare(round)
    const oursSeconds = await seconds(() => ours(input))
    const bareSeconds = await seconds(bare(input))
    if (round === 0) continue
    rates.ours.push(units / oursSeconds)
    rates.bare.push(units / bareSeconds)
  }
  return rates
}

/** How long the work takes, in seconds; garbage of what went before is collected first. */
export async function seconds(work: () => unknown): Promise<number> {
  globalThis.gc?.()
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

/** The smallest value that `share` of the values do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
