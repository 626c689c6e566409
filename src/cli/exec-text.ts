import type { ExecRow } from '../lives/exec-row.ts'
import { localMoment } from './local-time.ts'
import { lengthText, type Nanoseconds } from '../model/time.ts'

/** When it began; where its start was not seen, when it was prepared. */
export const beganAt = ({ startedAt, createdAt }: ExecRow): Nanoseconds | undefined =>
  startedAt ?? createdAt

/** How long it ran, or is open; `< 5s` where its container ended then; `?` where that is not known. */
export function execLasted(row: ExecRow, now: Nanoseconds): string {
  const { startedAt, endedAt, endedBy, state } = row
  if (startedAt === undefined) return state === 'open' ? '' : '?'
  if (state === 'open') return lengthText(now - startedAt)
  const end = endedAt ?? endedBy
  if (end === undefined || end < startedAt) return '?'
  return `${endedAt === undefined ? '< ' : ''}${lengthText(end - startedAt)}`
}

/** Its exit code; `?` where that is not known. */
export function execExit({ exitCode, state }: ExecRow): string {
  if (exitCode !== undefined) return String(exitCode)
  return state === 'open' ? '' : '?'
}

const BECAUSE: { readonly [because in NonNullable<ExecRow['because']>]: string } = {
  gap: 'events may be missing',
  'container-ended': 'container ended',
  'not-told': 'no id',
  filtered: 'the filter may hide it',
  'not-listening': 'no agent listens',
  forgotten: 'container forgotten',
}

/** `ended`, `open`, `not begun`, `end not told (container ended)`. */
export function execState({ state, because, startedAt }: ExecRow): string {
  const what = startedAt === undefined ? 'start' : 'end'
  if (because !== undefined) return `${what} not told (${BECAUSE[because]})`
  return state === 'open' && startedAt === undefined ? 'not begun' : state
}

/** In a line of text; the whole one is in `-o json`. */
export function commandText(command: string | undefined, most = 300): string {
  if (command === undefined) return '?'
  const [...characters] = command.slice(0, 2 * most + 2)
  return characters.length <= most ? command : `${characters.slice(0, most).join('')}...`
}

/** Of one run: the last ones. */
const MOST_LINES = 10

/**
 * `> 2026-11-23 10:00:00  touch /tmp/sick  exit 0 after 132ms`, in their order.
 *
 * @param rows of one run, the newest first
 */
export function* execLines(rows: readonly ExecRow[], now: Nanoseconds): Generator<string> {
  const left = rows.length - MOST_LINES
  if (left > 0) yield `          > ${left} earlier commands: auditor execs`
  for (const row of rows.slice(0, MOST_LINES).reverse()) {
    const began = beganAt(row)
    const when = began === undefined ? '?' : localMoment(began).slice(0, 19)
    yield `          > ${when}  ${commandText(row.command)}  ${execEnd(row, now)}`
  }
}

function execEnd(row: ExecRow, now: Nanoseconds): string {
  const lasted = execLasted(row, now)
  if (row.state === 'open') return lasted === '' ? 'not begun' : `open for ${lasted}`
  if (row.state === 'unknown') return execState(row)
  return `exit ${execExit(row)} after ${lasted}`
}
