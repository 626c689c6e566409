/** Texts, and paths of what is put between them. */
export type TagTemplate = readonly (string | readonly string[])[]

const FIELD = /^(?:\.[A-Za-z]\w*)+$/
const INDEX = /^index\s+((?:\.[A-Za-z]\w*)+)\s+"((?:[^"\\])*)"$/

/**
 * Of Go's templates what tags are made of: `{{.Config.Image}}` and `{{index .Config.Labels "x"}}`, over
 * what inspect answers.
 *
 * @throws Error for anything else, and for the environment, whose values are nobody's tags
 */
export function parseTagTemplate(text: string): TagTemplate {
  return text
    .split(/(\{\{[^]*?\}\})/)
    .filter((part) => part !== '')
    .map((part) => {
      if (part.startsWith('{{') && part.endsWith('}}')) return pathOf(part)
      if (part.includes('{{')) throw new Error(`a template's end is missing: ${part}`)
      return part
    })
}

function pathOf(action: string): readonly string[] {
  const inside = action.slice(2, -2).trim()
  const index = INDEX.exec(inside)
  const fields = index?.[1] ?? inside
  if (!FIELD.test(fields)) {
    throw new Error(
      `only {{.A.B}} and {{index .Config.Labels "x"}} are understood in tags, not ${action}`,
    )
  }
  const path = [...fields.slice(1).split('.'), ...(index === null ? [] : [index[2]!])]
  if (path.includes('Env')) throw new Error('the environment can not stand in tags')
  return path
}
