import type { TextField } from '../filter/subject.ts'

export type Labels = Readonly<{ [name: string]: string }>

/** The fields `label` and `label.NAME` of rows that have a container: by `l.labels`, as JSON. */
export function labelFields<Row>(of: (row: Row) => Labels | undefined): {
  readonly names: TextField<Row>
  readonly value: (name: string) => TextField<Row>
} {
  return {
    names: {
      name: 'label',
      type: 'text',
      many: true,
      about: "the name of a label, whatever its value; `label.NAME` is the label's value",
      read: (row) => Object.keys(of(row) ?? {}),
      sql: 'SELECT key AS value FROM json_each(l.labels)',
    },
    value: (name) => ({
      name: `label.${name}`,
      type: 'text',
      about: 'the value of the label',
      read(row) {
        const labels = of(row) ?? {}
        return Object.hasOwn(labels, name) ? labels[name] : undefined
      },
      sql: 'filter_text(l.labels -> ?)',
      params: [`$.${JSON.stringify(name)}`],
    }),
  }
}
