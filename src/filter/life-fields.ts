import type { Entry, LifeEntry } from '../model/entry.ts'
import * as sql from './entry-sql.ts'
import type { Field } from './subject.ts'

/** What may be asked of entries of kind `life` alone. */
export const LIFE_FIELDS: readonly Field<Entry>[] = [
  {
    name: 'lineage',
    type: 'text',
    about:
      'of a life, a finding or an alert: what people call it over all its recreations, such as `shop/api 1`',
    read: (entry) =>
      entry.kind === 'life' || entry.kind === 'finding' || entry.kind === 'alert'
        ? entry.lineage?.name
        : undefined,
    sql: sql.LINEAGE,
  },
  {
    name: 'lasted',
    type: 'duration',
    about: 'of a life: how long it was, where its start and its end were seen',
    read: ofLives(({ startedAt, endedAt }) =>
      startedAt === undefined || endedAt === undefined ? undefined : endedAt - startedAt,
    ),
    sql: sql.LIFE_LASTED,
  },
  {
    name: 'started',
    type: 'time',
    about: 'of a life: when it began',
    read: ofLives(({ startedAt }) => startedAt),
    sql: sql.LIFE_STARTED,
  },
  {
    name: 'ended',
    type: 'time',
    about: 'of a life: when it ended, where that was seen',
    read: ofLives(({ endedAt }) => endedAt),
    sql: sql.LIFE_ENDED,
  },
  {
    name: 'oom',
    type: 'boolean',
    about: 'of a life: whether memory ran out in it, of the container or of one of its processes',
    read: ofLives(({ ooms }) => ooms > 0),
    sql: sql.LIFE_OOM,
  },
]

function ofLives<V>(read: (life: LifeEntry) => V): (entry: Entry) => V | undefined {
  return (entry) => (entry.kind === 'life' ? read(entry) : undefined)
}
