import type { Field, TextField } from '../filter/subject.ts'

export type Labels = Readonly<{ [name: string]: string }>

/** A row about something in a container; without a lineage where the container is not known. */
interface OfContainer {
  readonly lineage?: { readonly name: string; readonly project?: string; readonly service?: string }
  readonly container: {
    readonly id: string
    readonly name: string
    readonly image: string
    readonly labels?: Labels
  }
}

/**
 * What may be asked of the container of a row: the tables are `l` (lives) and `g` (lineages).
 *
 * @param sql of what the row may know without its life
 */
export function containerFields<Row extends OfContainer>(sql: {
  readonly name: string
  readonly id: string
  readonly image: string
}): { readonly fields: readonly Field<Row>[]; readonly label: (name: string) => TextField<Row> } {
  return {
    fields: [
      {
        name: 'lineage',
        type: 'text',
        about: 'what people call the container over all its recreations, such as `shop/api 1`',
        read: ({ lineage }) => lineage?.name,
        sql: 'g.name',
      },
      {
        name: 'name',
        type: 'text',
        about: "the container's name",
        read: ({ container }) => container.name,
        sql: sql.name,
      },
      {
        name: 'id',
        type: 'text',
        begins: true,
        about: "the container's id begins so",
        read: ({ container }) => container.id,
        sql: sql.id,
      },
      {
        name: 'image',
        type: 'text',
        about: 'the image, as the user typed it',
        read: ({ container }) => container.image,
        sql: sql.image,
      },
      {
        name: 'label',
        type: 'text',
        many: true,
        about: "the name of a label, whatever its value; `label.NAME` is the label's value",
        read: ({ container }) => Object.keys(container.labels ?? {}),
        sql: 'SELECT key AS value FROM json_each(l.labels)',
      },
      {
        name: 'project',
        type: 'text',
        about: 'the compose project, or the swarm stack',
        read: ({ lineage }) => lineage?.project,
        sql: 'g.project',
      },
      {
        name: 'service',
        type: 'text',
        about: 'the compose or swarm service',
        read: ({ lineage }) => lineage?.service,
        sql: 'g.service',
      },
    ],
    label: (name) => ({
      name: `label.${name}`,
      type: 'text',
      about: 'the value of the label',
      read({ container }) {
        const labels = container.labels ?? {}
        return Object.hasOwn(labels, name) ? labels[name] : undefined
      },
      sql: 'filter_text(l.labels -> ?)',
      params: [`$.${JSON.stringify(name)}`],
    }),
  }
}
