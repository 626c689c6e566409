import type { Sequenced } from '../../model/entry.ts'
import { messageOf } from '../formats/ecs-message.ts'
import { ecsSourceOf } from '../formats/ecs-source.ts'

/** What is told of one entry, in plain text without any control or formatting character. */
export interface Told {
  readonly state: 'firing' | 'resolved' | 'note'
  /** `oom: shop/api 1` */
  readonly title: string
  readonly text: string
}

const MOST_TEXT = 1_000

/** Of an alert what it says; of any other entry, which a filter of one's own may choose, its sentence. */
export function toldOf(entry: Sequenced): Told {
  const text = harmless(entry.kind === 'alert' ? entry.said : messageOf(ecsSourceOf(entry)))
  if (entry.kind !== 'alert') return { state: 'note', title: entry.kind, text }
  const { rule, group, state, test } = entry
  const title = harmless(`${rule}: ${group}`)
  return { state, title: test === undefined ? title : `TEST ${title}`, text }
}

/** Names come from outside: no line break, no escape, nothing that turns the direction of the text. */
export function harmless(text: string): string {
  const line = text.toWellFormed().replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
  return line.length > MOST_TEXT ? `${line.slice(0, MOST_TEXT).toWellFormed()}...` : line
}
