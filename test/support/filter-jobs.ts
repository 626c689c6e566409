import type { Subject } from '../../src/filter/subject.ts'

/** Rows of another kind, with a value of every type that may be missing. */
export interface Job {
  readonly name: string
  readonly tags: readonly string[]
  readonly cause?: 'completed' | 'crashed' | 'stop-timeout'
  readonly exit?: number
  /** Nanoseconds. */
  readonly lasted?: bigint
  readonly started: bigint
  readonly running: boolean
  readonly oom?: boolean
}

export const JOBS_TABLE =
  'CREATE TABLE jobs (at INTEGER PRIMARY KEY, name TEXT, tags TEXT, cause TEXT, exit INTEGER, lasted INTEGER, started INTEGER, running INTEGER, oom INTEGER) STRICT'

export const JOBS: Subject<Job> = {
  rows: 'jobs',
  fields: [
    { name: 'name', type: 'text', about: 'of the job', read: ({ name }) => name, sql: 'name' },
    {
      name: 'tag',
      type: 'text',
      many: true,
      about: 'one of its tags',
      read: ({ tags }) => tags,
      sql: 'SELECT value FROM json_each(tags)',
    },
    {
      name: 'cause',
      type: 'enum',
      values: ['completed', 'crashed', 'stop-timeout'],
      about: 'why it ended',
      read: ({ cause }) => cause,
      sql: 'cause',
    },
    { name: 'exit', type: 'number', about: 'code', read: ({ exit }) => exit, sql: 'exit' },
    {
      name: 'lasted',
      type: 'duration',
      about: 'how long',
      read: ({ lasted }) => lasted,
      sql: 'lasted',
    },
    {
      name: 'started',
      type: 'time',
      about: 'when',
      read: ({ started }) => started,
      sql: 'started',
    },
    {
      name: 'running',
      type: 'boolean',
      about: 'still',
      read: ({ running }) => running,
      sql: 'running',
    },
    { name: 'oom', type: 'boolean', about: 'out of memory', read: ({ oom }) => oom, sql: 'oom' },
  ],
  moment: 'started',
  word: { within: ['name'], begins: [] },
}
