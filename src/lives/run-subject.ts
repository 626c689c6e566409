import type { Subject } from '../filter/subject.ts'
import { CAUSES } from '../model/life/life.ts'
import { SIGNALS } from '../model/signals.ts'
import type { Nanoseconds } from '../model/time.ts'
import { containerFields } from './container-fields.ts'
import type { RunRow } from './run-row.ts'

const CONTAINER = containerFields<RunRow>({
  name: 'l.name',
  id: 'l.container_id',
  image: 'l.image',
})

/**
 * What may be asked of runs, as rows of `SELECT_RUNS`.
 *
 * @param now until when one that has not ended lasted
 */
export const runSubject = (now: Nanoseconds): Subject<RunRow> => ({
  rows: 'runs',
  moment: 'last',
  word: { within: ['lineage', 'name', 'image'], begins: ['id'] },
  label: CONTAINER.label,
  fields: [
    ...CONTAINER.fields,
    {
      name: 'cause',
      type: 'enum',
      values: CAUSES,
      about: 'why it ended, once that is settled',
      read: ({ cause, isSettled }) => (isSettled ? cause : undefined),
      sql: 'r.cause',
    },
    {
      name: 'exit',
      type: 'number',
      about: 'the exit code',
      read: ({ exitCode }) => exitCode,
      sql: 'r.exit_code',
    },
    {
      name: 'signal',
      type: 'number',
      words: SIGNALS,
      about: 'the signal that ended it: `9`, `KILL` or `SIGKILL`',
      read: ({ signal, isSettled }) => (isSettled ? signal : undefined),
      sql: 'r.signal',
    },
    {
      name: 'lasted',
      type: 'duration',
      about: 'how long it ran, or runs by now',
      read: ({ startedAt, endedAt }) =>
        startedAt === undefined ? undefined : (endedAt ?? now) - startedAt,
      sql: `coalesce(r.ended, ${now}) - r.started`,
    },
    {
      name: 'started',
      type: 'time',
      about: 'when it began, where that was seen',
      read: ({ startedAt }) => startedAt,
      sql: 'r.started',
    },
    {
      name: 'ended',
      type: 'time',
      about: 'when it ended',
      read: ({ endedAt }) => endedAt,
      sql: 'r.ended',
    },
    {
      name: 'last',
      type: 'time',
      about: 'when it ended, or now while it runs: what `since:` and `until:` are about',
      read: ({ endedAt }) => endedAt ?? now,
      sql: `coalesce(r.ended, ${now})`,
    },
    {
      name: 'running',
      type: 'boolean',
      about: 'whether it has not ended',
      read: ({ endedAt }) => endedAt === undefined,
      sql: 'r.ended IS NULL',
    },
    {
      name: 'oom',
      type: 'boolean',
      about: 'whether it, or a child of it, ran out of memory',
      read: ({ ooms }) => ooms > 0,
      sql: 'r.ooms > 0',
    },
    {
      name: 'execs',
      type: 'number',
      about: 'commands that were run in it',
      read: ({ execs }) => execs,
      sql: 'r.execs',
    },
    {
      name: 'health',
      type: 'text',
      about: "the container's health as it was told last",
      read: ({ container }) => container.health,
      sql: 'l.health',
    },
  ],
})
