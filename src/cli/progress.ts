import cliProgress from 'cli-progress'
import type { Clock } from '../actors/clock.ts'
import type { Terminal } from './streams.ts'

/** Progress of long work: a bar on a terminal, a line each 10 s elsewhere; always on stderr. */
export interface Progress {
  update(done: number, total: number, note?: string): void
  stop(): void
}

const LINE_EVERY_MS = 10_000

export function createProgress(
  terminal: Terminal,
  clock: Clock,
  title: string,
  unit: string,
): Progress {
  return terminal.stderr.isTTY === true
    ? barProgress(terminal, title, unit)
    : lineProgress(terminal, clock, title, unit)
}

function barProgress(terminal: Terminal, title: string, unit: string): Progress {
  const bar = new cliProgress.SingleBar({
    format: `${title}  {bar} {percentage}%  {value}/{total} ${unit}  ETA {eta_formatted}  {note}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    stream: terminal.stderr,
    stopOnComplete: false,
  })
  let started = false
  return {
    update(done, total, note = '') {
      if (started) {
        bar.setTotal(total)
        bar.update(done, { note })
      } else {
        bar.start(total, done, { note })
        started = true
      }
    },
    stop() {
      if (started) bar.stop()
    },
  }
}

function lineProgress(terminal: Terminal, clock: Clock, title: string, unit: string): Progress {
  const begun = clock.monotonic()
  let last = begun
  let latest: string | undefined
  return {
    update(done, total, note = '') {
      const now = clock.monotonic()
      const rate = Math.round((done * 1000) / Math.max(1, now - begun))
      const percent = total === 0 ? 100 : Math.floor((100 * done) / total)
      latest =
        `${title}  ${percent}%  ${done}/${total} ${unit}  ${rate} ${unit}/s  ${note}`.trimEnd()
      if (now - last < LINE_EVERY_MS) return
      last = now
      terminal.stderr.write(`${latest}\n`)
    },
    stop() {
      if (latest !== undefined) terminal.stderr.write(`${latest}\n`)
    },
  }
}
