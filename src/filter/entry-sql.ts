/*
 * What entries say, as expressions over `e`, the journal's table of entries. Its `body` is the text
 * that `encodeEntry` writes; within `$.event` that is the engine's own JSON, read as `decodeEntry` does.
 */

/** As `encodeEntry` begins the text of every record and of nothing else: seen without reading the JSON. */
const IS_RECORD = `substr(e.body, 1, 15) = '{"eventLength":'`

export const KIND = `CASE WHEN ${IS_RECORD} THEN 'record' ELSE e.body ->> '$.kind' END`
export const TIME = `CAST(e.body ->> '$.time' AS INTEGER)`
export const TYPE = ofEvent('Type')
export const ACTION = ofEvent('Action')
/** A call costs more than looking for the colon first. */
export const ACTION_NAME = `iif(instr(${ACTION}, ':'), filter_action(${ACTION}), ${ACTION})`

const ACTOR = ofEvent('Actor.ID')
/** A container that something was concluded of, which stands there by itself. */
const IS_CONCLUDED = `${KIND} IN ('life', 'finding', 'alert')`
const LIFE_ID = `CASE WHEN ${IS_CONCLUDED} THEN e.body ->> '$.container.id' END`
const HAS_FACTS = `e.body -> '$.container' IS NOT NULL`
const IS_CONTAINER = `${TYPE} = 'container'`
/** No label has taken the place of an attribute. */
const IS_TRUSTED = `instr(e.body -> '$.flags', '"label-shadows-attribute"') = 0`

/** Empty where the engine left it out; NULL of what is no record. */
function ofEvent(path: string): string {
  return `coalesce(e.body ->> '$.event.${path}', CASE WHEN ${IS_RECORD} THEN '' END)`
}

/** One of those an engine gives. */
function attribute(name: string): string {
  return `filter_text(e.body -> '$.event.Actor.Attributes.${name}')`
}

export const NAME = `
  CASE WHEN ${HAS_FACTS} THEN e.body ->> '$.container.name'
    ELSE coalesce(${attribute('name')}, CASE WHEN ${TYPE} = 'volume' THEN ${ACTOR} END) END`

export const IMAGE = `
  CASE WHEN ${IS_CONCLUDED} THEN e.body ->> '$.container.image'
    WHEN ${HAS_FACTS} THEN e.body ->> '$.container.image.name'
    WHEN ${TYPE} = 'image' THEN coalesce(${attribute('name')}, ${ACTOR})
    ELSE ${attribute('image')} END`

export const IDS = someOf(ACTOR, `filter_digest(${ACTOR})`, LIFE_ID)

export const ENGINE = someOf(`e.body ->> '$.engine.id'`, `e.body ->> '$.engine.name'`)

function someOf(...expressions: string[]): string {
  const each = expressions.map((expression) => `SELECT ${expression} AS value`).join(' UNION ALL ')
  return `SELECT value FROM (${each}) WHERE value IS NOT NULL`
}

export const LABEL_NAMES = ['$.container.labels', '$.event.Actor.Attributes']
  .map(
    (path) =>
      `SELECT key AS value FROM json_each(e.body, '${path}') WHERE json_type(e.body, '${path}') = 'object'`,
  )
  .join(' UNION ALL ')

/**
 * The first of these labels there is; the container's own before an attribute of the same name.
 *
 * @param ofLife what it is of a life entry
 */
export function labelValue(
  names: readonly string[],
  ofLife = 'NULL',
): { readonly sql: string; readonly params: readonly string[] } {
  const paths = names.flatMap((name) => {
    const quoted = JSON.stringify(name)
    return [`$.container.labels.${quoted}`, `$.event.Actor.Attributes.${quoted}`]
  })
  const each = paths.map(() => 'filter_text(e.body -> ?)').join(', ')
  return { sql: `coalesce(${each}, ${ofLife})`, params: paths }
}

const factTime = (name: string): string => `CAST(e.body ->> '$.container.state.${name}' AS INTEGER)`

const STARTED = factTime('startedAt')
const STATUS = `e.body ->> '$.container.state.status'`
const FINISHED = factTime('finishedAt')

/** What a record's cause was thought to be is not asked for: its life tells. */
export const CAUSE = ofOthers(`e.body ->> '$.cause'`)

export const CERTAINTY = ofOthers(`e.body ->> '$.certainty'`)
export const MARKER = ofOthers(`e.body ->> '$.marker'`)

/** Of what is no record. */
function ofOthers(expression: string): string {
  return `CASE WHEN NOT ${IS_RECORD} THEN ${expression} END`
}

const moment = (name: string): string => `CAST(e.body ->> '$.${name}' AS INTEGER)`

export const LIFE_STARTED = ofOthers(moment('startedAt'))
export const LIFE_ENDED = ofOthers(moment('endedAt'))
export const LIFE_LASTED = ofOthers(`${moment('endedAt')} - ${moment('startedAt')}`)
export const LIFE_OOM = ofOthers(`e.body ->> '$.ooms' > 0`)
export const FINDING = ofOthers(`e.body ->> '$.finding'`)
export const STATE = ofOthers(`e.body ->> '$.state'`)
export const FINDING_DETAILS = `
  SELECT value FROM json_each(e.body, '$.details') WHERE NOT ${IS_RECORD}`
export const ALERT_RULE = ofOthers(`e.body ->> '$.rule'`)
export const LINEAGE = ofOthers(`e.body ->> '$.lineage.name'`)

/** `outcomeOfLife` of `model/life-end.ts`, where its sources are told. */
export const EXIT = `
  CASE WHEN ${KIND} = 'life' THEN e.body ->> '$.exitCode' WHEN ${IS_CONTAINER} AND ${ACTION_NAME} IN ('die', 'exec_die') THEN coalesce(
    CASE WHEN ${IS_TRUSTED} THEN filter_integer(${attribute('exitCode')}) END,
    CASE WHEN ${ACTION_NAME} = 'die' AND e.body ->> '$.enrichment' = 'fresh'
        AND ${FINISHED} IS NOT NULL AND (${STARTED} IS NULL OR ${STARTED} <= ${FINISHED} OR (${STARTED} - ${FINISHED} <= 1000000000 AND ${STATUS} IN ('exited', 'removing', 'dead')))
        AND ${TIME} - ${FINISHED} BETWEEN -10000000 AND 10000000000
      THEN e.body ->> '$.container.state.exitCode' END
  ) END`

export const SIGNAL = `
  CASE WHEN ${KIND} = 'life' THEN e.body ->> '$.signal' WHEN ${IS_CONTAINER} AND ${ACTION_NAME} = 'kill' AND ${IS_TRUSTED}
    THEN filter_signal(${attribute('signal')}) END`
