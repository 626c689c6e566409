import { setFlagsFromString } from 'node:v8'
import type { Clock } from '../actors/clock.ts'

/**
 * V8 compiles what runs often by compilers of three tiers, and loading the program is enough to call
 * them. What they touch of Node's binary stays in memory: 10 MiB, which an agent on a quiet host never
 * needs. So they begin when there is work.
 */
const COMPILERS = ['opt', 'maglev', 'sparkplug']

/** Before the program is loaded. */
export function optimizeNothing(): void {
  for (const compiler of COMPILERS) setFlagsFromString(`--no-${compiler}`)
}

export function optimize(): void {
  for (const compiler of COMPILERS) setFlagsFromString(`--${compiler}`)
}

const LOOK_EVERY_MS = 250
/** Of that time; a major garbage collection of an idle agent takes half of it. */
const BUSY_MS = 100

/**
 * Looks four times a second until the process was busy for 100 ms of the 250 before, or it is called
 * off.
 *
 * @param cpuMs processor time of this process
 * @param onBusy called once
 */
export function whenBusy(
  clock: Pick<Clock, 'after'>,
  onBusy: () => void,
  cpuMs: () => number = ownCpuMs,
): () => void {
  let before = cpuMs()
  let cancel = clock.after(LOOK_EVERY_MS, look)

  function look(): void {
    const now = cpuMs()
    if (now - before >= BUSY_MS) {
      onBusy()
      return
    }
    before = now
    cancel = clock.after(LOOK_EVERY_MS, look)
  }

  return () => cancel()
}

function ownCpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}
