import type { Subject } from '../filter/subject.ts'
import { EXECUTORS } from '../model/life/exec-word.ts'
import type { Nanoseconds } from '../model/time.ts'
import { EXEC_DOUBT, EXEC_DOUBTS, EXEC_STATES, type ExecRow } from './exec-row.ts'
import { containerFields } from './container-fields.ts'

const CONTAINER = containerFields<ExecRow>({
  name: 'coalesce(l.name, e.name)',
  id: 'e.container_id',
  image: 'e.image',
})

const IS_OPEN = `e.ended IS NULL AND (${EXEC_DOUBT}) IS NULL`

/**
 * What may be asked of execs, as rows of `selectExecs`.
 *
 * @param now until when one that is open lasted
 */
export const execSubject = (now: Nanoseconds): Subject<ExecRow> => ({
  rows: 'execs',
  moment: 'last',
  word: { within: ['lineage', 'name', 'image'], begins: ['id'] },
  label: CONTAINER.label,
  fields: [
    ...CONTAINER.fields,
    {
      name: 'command',
      type: 'text',
      about: 'the whole command with its arguments, without secrets: `command:*psql*`',
      read: ({ command }) => command,
      sql: 'e.command',
    },
    {
      name: 'who',
      type: 'enum',
      values: EXECUTORS,
      about: 'who ran it',
      read: ({ who }) => who,
      sql: 'e.who',
    },
    {
      name: 'exit',
      type: 'number',
      about: 'the exit code',
      read: ({ exitCode }) => exitCode,
      sql: 'e.exit_code',
    },
    {
      name: 'lasted',
      type: 'duration',
      about: 'how long it ran, or is open by now',
      read: ({ startedAt, endedAt, state }) => {
        const end = endedAt ?? (state === 'open' ? now : undefined)
        return startedAt === undefined || end === undefined ? undefined : end - startedAt
      },
      sql: `CASE WHEN ${IS_OPEN} THEN ${now} ELSE e.ended END - e.started`,
    },
    {
      name: 'started',
      type: 'time',
      about: 'when it began, where that was seen',
      read: ({ startedAt }) => startedAt,
      sql: 'e.started',
    },
    {
      name: 'ended',
      type: 'time',
      about: 'when it ended, where that was told',
      read: ({ endedAt }) => endedAt,
      sql: 'e.ended',
    },
    {
      name: 'last',
      type: 'time',
      about:
        'when it ended, or now while it is open, else when it began: what `since:` and `until:` are about',
      read: ({ createdAt, startedAt, endedAt, state }) =>
        state === 'open' ? now : (endedAt ?? startedAt ?? createdAt),
      sql: `CASE WHEN ${IS_OPEN} THEN ${now} ELSE coalesce(e.ended, e.started, e.created) END`,
    },
    {
      name: 'state',
      type: 'enum',
      values: EXEC_STATES,
      about: 'whether it has ended',
      read: ({ state }) => state,
      sql: `CASE WHEN e.ended IS NOT NULL THEN 'ended' WHEN ${IS_OPEN} THEN 'open' ELSE 'unknown' END`,
    },
    {
      name: 'because',
      type: 'enum',
      values: EXEC_DOUBTS,
      about: 'why its end is not known, where it is not',
      read: ({ because }) => because,
      sql: EXEC_DOUBT,
    },
  ],
})
