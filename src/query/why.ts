import type { RunRow } from '../lives/run-row.ts'
import type { Evidence, Note } from '../model/life/life.ts'
import { signalName } from '../model/signals.ts'
import { lengthText, type Nanoseconds } from '../model/time.ts'

/**
 * Why a run ended, as a person would tell it: what happened, what that rests on, and what is not known.
 * One sentence an element.
 */
export function explain(run: RunRow): string[] {
  const { cause } = run
  if (cause === undefined) return ['It has not ended.']
  const sentences = [reason(run), ...run.notes.flatMap((note) => NOTES[note] ?? [])]
  if (!run.isSettled) sentences.push('This is provisional: more evidence may come within seconds.')
  return sentences
}

/** Docker's own reasons for the codes it makes up. */
const ENGINE_CODES: ReadonlyMap<number, string> = new Map([
  [125, 'the engine itself failed'],
  [126, 'the command can not be executed'],
  [127, 'there is no such command'],
])

function reason(run: RunRow): string {
  const { cause, exitCode, evidence } = run
  const kills = evidence.filter(({ what }) => what === 'kill')
  const die = evidence.find(({ what }) => what === 'die')
  switch (cause!) {
    case 'completed':
      return 'It ended by itself with code 0; no request to stop it was seen.'
    case 'crashed':
      return `${crash(run)}; no request to stop it was seen.`
    case 'oom':
      return oom(run, die)
    case 'stopped':
      return `It was asked to stop through the API${named(kills[0])} and ended ${after(kills[0], die)}.`
    case 'stop-timeout':
      return `It was asked to stop through the API${named(kills[0])}, had not ended ${between(kills[0], kills.at(-1))} later, and was killed (SIGKILL).`
    case 'killed':
      return `A signal was sent to it through the API${named(kills.at(-1))}; it ended ${after(kills.at(-1), die)}.`
    case 'restarted':
      return 'It was restarted through the API: this end was asked for, and the next start followed.'
    case 'removed': {
      const gone = evidence.find(({ what }) => what === 'destroy')
      return `It was killed (SIGKILL) and removed ${between(die, gone)} after its end: \`docker rm -f\`, or a kill and a removal right behind it, which look the same.`
    }
    case 'start-failed':
      return `It never ran: ${run.failure ?? 'its start failed'}.`
    case 'daemon':
      return 'The engine itself ended, or began anew and cleaned up: all its containers were asked to stop at once.'
    case 'unknown':
      return `It ended${exitCode === undefined ? '' : ` with code ${exitCode}`}; why is not known.`
  }
}

function crash({ exitCode, signal }: RunRow): string {
  const own = exitCode === undefined ? undefined : ENGINE_CODES.get(exitCode)
  if (own !== undefined) return `It ended by itself with code ${exitCode} (${own})`
  if (signal !== undefined) {
    return `It ended by itself with code ${exitCode} (as by ${signalName(signal)}, 128 + ${signal})`
  }
  return `It ended by itself with code ${exitCode}`
}

function oom({ evidence, container }: RunRow, die: Evidence | undefined): string {
  const told = evidence.find(({ what }) => what === 'oom')
  const how =
    told === undefined
      ? 'inspect said so (OOMKilled)'
      : `Docker told \`oom\` ${between(told, die)} before its end`
  const { memoryLimit } = container
  const limit =
    memoryLimit === undefined
      ? 'it has no memory limit of its own'
      : `its memory limit is ${Math.round(memoryLimit / 1024 / 1024)} MiB`
  return `It ran out of memory and the kernel killed it: ${how}; ${limit}; no request to stop it was seen.`
}

const named = (kill: Evidence | undefined): string =>
  kill?.signal === undefined ? '' : ` (${signalName(kill.signal)})`

const after = (from: Evidence | undefined, to: Evidence | undefined): string =>
  from === undefined || to === undefined ? 'then' : `${between(from, to)} later`

function between(from: Evidence | undefined, to: Evidence | undefined): string {
  if (from === undefined || to === undefined) return 'some time'
  const length: Nanoseconds = to.time - from.time
  return lengthText(length < 0n ? 0n : length)
}

const NOTES: { readonly [N in Note]?: string } = {
  'code-shadowed':
    'A label named exitCode stands in the place of what the engine told: that code is not believed.',
  'signal-shadowed':
    'A label named signal stands in the place of what the engine told: which signal it was is not known.',
  'signal-not-told': 'Podman does not tell which signal it was.',
  'trail-incomplete':
    'Events around its end may have been missed (there is a gap), so nothing is concluded from what was not seen.',
  'began-before-the-trail':
    'It is known only since shortly before its end, so a request to stop it may have been missed.',
  'kill-not-told':
    '137 is SIGKILL, sent by itself or from outside Docker, which Docker does not tell; Docker told of no `oom`, so it is not called one.',
  'oom-of-a-child': 'A process in it had run out of memory before; that is not what ended it.',
  'oom-long-before':
    'A process in it had run out of memory long before; whether this end is of the same kind is not told.',
  'podman-tells-little':
    'Podman does not tell of stops and out-of-memory kills, so its own end and one that was asked for look the same.',
  'stopped-or-daemon':
    'It was stopped, through the API or by the end of the engine itself: which of them is not told.',
  'stopped-while-waiting': 'It was stopped while it waited for its next try.',
  'evidence-filtered':
    "The agent's filter chooses among events of a container, so what was not recorded proves nothing.",
  'concluded-later': 'Its end was not seen: it was concluded later, from what inspect said.',
}
