/**
 * Runs two pieces of work in turn, so that a machine that slows down slows both: `runs` times each
 * after one round that is not counted. Answers units per second of each.
 */
export async function beside(
  runs: number,
  units: number,
  ours: () => Promise<void> | void,
  bare: () => Promise<void> | void,
): Promise<{ readonly ours: number[]; readonly bare: number[] }> {
  await ours()
  await bare()
  const rates = { ours: [] as number[], bare: [] as number[] }
  for (let run = 0; run < runs; run++) {
    rates.ours.push(units / (await seconds(ours)))
    rates.bare.push(units / (await seconds(bare)))
  }
  return rates
}

/** How long the work takes, in seconds; garbage of what went before is collected first. */
export async function seconds(work: () => Promise<void> | void): Promise<number> {
  globalThis.gc?.()
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}
