import type { Entry } from '../model/entry.ts'
import { ALERT_FIELDS } from './alert-fields.ts'
import * as sql from './entry-sql.ts'
import * as words from './entry-words.ts'
import { EVENT_FIELDS, labelField } from './event-fields.ts'
import { FINDING_FIELDS } from './finding-fields.ts'
import { LIFE_FIELDS } from './life-fields.ts'
import type { Subject } from './subject.ts'

/** What may be asked of the journal's entries. */
export const ENTRIES: Subject<Entry> = {
  rows: 'entries',
  fields: [
    ...EVENT_FIELDS,
    ...LIFE_FIELDS,
    ...FINDING_FIELDS,
    ...ALERT_FIELDS,
    {
      name: 'kind',
      type: 'enum',
      values: words.KINDS,
      about: 'what the entry is',
      read: ({ kind }) => kind,
      sql: sql.KIND,
    },
    {
      name: 'time',
      type: 'time',
      about: 'when it happened; of a gap, when it ended',
      read: ({ time }) => time,
      sql: sql.TIME,
    },
    {
      name: 'engine',
      type: 'text',
      many: true,
      about: 'the id or the host name of the engine',
      read: ({ engine }) => (engine === undefined ? undefined : [engine.id, engine.name]),
      sql: sql.ENGINE,
    },
    {
      name: 'origin',
      type: 'enum',
      values: words.ORIGINS,
      about: 'how the record came about: sent by the engine, read from a list, concluded',
      read: (entry) => (entry.kind === 'record' ? entry.origin : undefined),
      sql: `e.body ->> '$.origin'`,
    },
    {
      name: 'enrichment',
      type: 'enum',
      values: words.ENRICHMENTS,
      about: "where the facts of the record's container come from",
      read: (entry) => (entry.kind === 'record' ? entry.enrichment : undefined),
      sql: `e.body ->> '$.enrichment'`,
    },
    {
      name: 'flag',
      type: 'enum',
      values: words.FLAGS,
      many: true,
      about: 'what is odd about the record',
      read: (entry) => (entry.kind === 'record' ? entry.flags : undefined),
      sql: `SELECT value FROM json_each(e.body, '$.flags')`,
    },
    {
      name: 'cause',
      type: 'enum',
      values: words.CAUSES,
      about: 'why a gap is there, or why a life ended (docs/causes.md)',
      read: (entry) => (entry.kind === 'gap' || entry.kind === 'life' ? entry.cause : undefined),
      sql: sql.CAUSE,
    },
    {
      name: 'certainty',
      type: 'enum',
      values: words.CERTAINTIES,
      about: 'whether something is lost in a gap for certain',
      read: (entry) => (entry.kind === 'gap' ? entry.certainty : undefined),
      sql: sql.CERTAINTY,
    },
    {
      name: 'marker',
      type: 'enum',
      values: words.MARKERS,
      about: 'what a marker tells of the agent',
      read: (entry) => (entry.kind === 'marker' ? entry.marker : undefined),
      sql: sql.MARKER,
    },
  ],
  label: labelField,
  moment: 'time',
  word: { within: ['name', 'image'], begins: ['id'] },
}
