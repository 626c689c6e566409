import type { Sequenced } from '../../model/entry.ts'
import { encodeEntry } from '../../model/entry-codec.ts'
import { toldOf, type Told } from './message.ts'

/** One request: all that is told at once is one message. */
interface Message {
  readonly body: string
  readonly headers: Readonly<{ [name: string]: string }>
}

type Template = (entries: readonly Sequenced[]) => Message

const JSON_TYPE = { 'content-type': 'application/json' }

/** `{ text, alerts }`: a sentence or several for people, and the entries for programs. */
const generic: Template = (entries) => ({
  body: JSON.stringify({
    source: 'auditor',
    text: entries.map((entry) => plainLine(toldOf(entry))).join('\n'),
    alerts: entries.map((entry) => JSON.parse(encodeEntry(entry)) as unknown),
  }),
  headers: JSON_TYPE,
})

const SIGNS = {
  firing: ':rotating_light:',
  resolved: ':white_check_mark:',
  note: ':information_source:',
}

/** Slack's incoming webhooks, and those of Mattermost and Rocket.Chat, which take the same. */
const slack: Template = (entries) => ({
  body: JSON.stringify({
    text: entries
      .map(toldOf)
      .map(({ state, title, text }) => `${SIGNS[state]} *${mrkdwn(title)}*\n${mrkdwn(text)}`)
      .join('\n'),
  }),
  headers: JSON_TYPE,
})

/**
 * Slack reads `&`, `<` and `>` as control characters (`<!channel>` wakes everybody); what marks bold,
 * code and the like gets a zero-width space behind it, and so marks nothing.
 */
function mrkdwn(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[*_~`]/g, '$&\u200b')
}

/** Beyond 4,096 bytes ntfy makes an attachment of the message. */
const MOST_NTFY_BYTES = 3_800

/** ntfy: the topic is the address, the text the body, and the rest stands in headers. */
const ntfy: Template = (entries) => {
  const told = entries.map(toldOf)
  const isFiring = told.some(({ state }) => state === 'firing')
  const [first] = told
  const title = told.length === 1 ? first!.title : `${told.length} alerts`
  const lines = told.length === 1 ? [first!.text] : told.map(plainLine)
  return {
    body: withinBytes(lines.join('\n'), MOST_NTFY_BYTES),
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      title: headerText(title),
      tags: isFiring ? 'rotating_light' : 'white_check_mark',
      priority: isFiring ? 'high' : 'default',
    },
  }
}

const plainLine = ({ state, title, text }: Told): string =>
  `${state === 'note' ? '' : `${state.toUpperCase()} `}${title}: ${text}`

/** Headers hold ASCII; other text is written as RFC 2047 says, which ntfy reads. */
function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes('=?')) return text
  return `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`
}

function withinBytes(text: string, most: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= most) return text
  return `${bytes
    .subarray(0, most)
    .toString()
    .replace(/\ufffd+$/, '')}...`
}

export const templates = { generic, slack, ntfy } as const

export type TemplateName = keyof typeof templates

export const templateNames = Object.keys(templates) as [TemplateName, ...TemplateName[]]
