import type { Delivery, Refusal } from '../../model/delivery.ts'
import type { Seq, Sequenced } from '../../model/entry.ts'
import type { Excerpt } from '../wire/excerpt.ts'
import { parsedJson } from '../wire/json.ts'
import type { Answer } from './connection.ts'
import { complaint, errorIn } from './said.ts'

/** What is asked for in an answer: whether something failed, and of each item how and why. */
export const REPLY_FIELDS = [
  'errors',
  'items.*.status',
  'items.*.error.type',
  'items.*.error.reason',
  'items.*.error.caused_by.reason',
].join(',')

/**
 * Answers that speak of the cluster, the index or the user, not of the document: the next document
 * would fare the same, so the queue waits and nothing becomes a dead letter.
 */
const NOT_THE_DOCUMENT: ReadonlySet<string> = new Set([
  'action_request_validation_exception',
  'cluster_block_exception',
  'index_closed_exception',
  'index_not_found_exception',
  'invalid_index_name_exception',
  'media_type_header_exception',
  'security_exception',
])

/** Overloaded, partly away, not allowed, not there; a 500 may come of a document, by an ingest pipeline. */
const SINK_STATUSES: ReadonlySet<number> = new Set([401, 403, 404, 429, 503])

const CURES: { readonly [status: number]: string } = {
  413: ' (the batch is over http.max_content_length)',
  401: ' (check username and password, or apiKey)',
  403: ' (grant create_doc and auto_configure on the target)',
  404: ' (install an index template with data_stream for the target, or create the index; one of a higher priority may be in the way)',
}

/** Said rather than what the status says. */
const CURES_BY_TYPE: { readonly [type: string]: string } = {
  cluster_block_exception:
    ' (it takes no writes: is a disk of the cluster full, or index.blocks set?)',
  strict_dynamic_mapping_exception:
    " (somebody else's index template is in the way: set dynamic to false there, or lower its priority)",
}

/**
 * How one `_bulk` went, from the answer to it.
 *
 * @param entries of each item its entry; one that wrote a life's document, too, stands there twice
 */
export function deliveryOf(
  answer: Answer,
  entries: readonly Sequenced[],
  excerpt: Excerpt,
): Delivery {
  const { status, text } = answer
  if (status !== 200) return ofWhole(answer, excerpt)
  // The common case, told by the answer's first bytes: nothing has to be parsed.
  if (text.startsWith('{"errors":false')) return { status: 'delivered' }
  const items = itemsOf(text)
  if (items?.length === entries.length) return perItem(items, entries, excerpt)
  const cause = new Error(`the answer to _bulk makes no sense: ${excerpt(text)}`)
  return { status: 'retry', cause }
}

function ofWhole(answer: Answer, excerpt: Excerpt): Delivery {
  const { status, text, afterMs } = answer
  const cause = new Error(complaint(answer, '', cureOf(status, errorIn(text).type), excerpt))
  const refused = status === 413 || (status === 400 && documentIsToBlame(text))
  if (refused) return { status: 'refused', cause }
  return {
    status: 'retry',
    cause,
    ...(SINK_STATUSES.has(status) ? { blame: 'sink' } : {}),
    ...(afterMs === undefined ? {} : { afterMs }),
  }
}

function perItem(
  items: readonly Item[],
  entries: readonly Sequenced[],
  excerpt: Excerpt,
): Delivery {
  const again = new Set<Seq>()
  const refusals = new Map<Seq, string>()
  let said = ''
  let blame: { readonly blame?: 'sink' } = {}
  entries.forEach(({ seq }, index) => {
    const item = items[index]!
    const verdict = verdictOf(item)
    if (verdict === 'refused') refusals.set(seq, excerpt(reasonOf(item)))
    if (verdict !== 'retry') return
    again.add(seq)
    said ||= reasonOf(item, cureOfItem(item))
    if (isOfTheSink(item)) blame = { blame: 'sink' }
  })
  const retry = [...again]
  // What is refused now is so at the next try, when the rest of it has arrived.
  const refused = [...refusals]
    .filter(([seq]) => !again.has(seq))
    .map(([seq, reason]): Refusal => ({ seq, reason }))
  if (retry.length + refused.length === 0) return { status: 'delivered' }
  if (retry.length === 0) return { status: 'partial', retry, refused }
  const cause = new Error(`Elasticsearch: ${excerpt(said)}`)
  return retry.length === new Set(entries).size
    ? { status: 'retry', cause, ...blame }
    : { status: 'partial', retry, refused, cause }
}

/**
 * What became of one document. A 409 says that it is there already, from an earlier try; of a life's
 * document, that others wrote it at the same moment again and again.
 */
function verdictOf({ status, error, ofLife }: Item): 'delivered' | 'retry' | 'refused' {
  if (status < 300) return 'delivered'
  const isThere = status === 409 && error?.type === 'version_conflict_engine_exception'
  if (isThere && !ofLife) return 'delivered'
  if (status === 429 || status >= 500 || [401, 403, 404, 408, 409].includes(status)) return 'retry'
  const isHeld = isOfTheIndex(error?.type) || (ofLife && isOfTheScript(error?.type))
  return NOT_THE_DOCUMENT.has(error?.type ?? '') || isHeld ? 'retry' : 'refused'
}

/**
 * A field that the mapping does not know comes of somebody else's template, for ours takes any. Most
 * often every document fares the same, and waits; where others are taken, this one is to blame after
 * some tries.
 */
const isOfTheIndex = (type: string | undefined): boolean =>
  type === 'strict_dynamic_mapping_exception'

/** Scripts are not allowed, or the index is a data stream, or somebody changed the life's document. */
const isOfTheScript = (type: string | undefined): boolean =>
  type === 'illegal_argument_exception' || type === 'script_exception'

/** Of a retry: whether the answer speaks of the cluster or the user, and never of the document. */
function isOfTheSink({ status, error, ofLife }: Item): boolean {
  if (SINK_STATUSES.has(status) || NOT_THE_DOCUMENT.has(error?.type ?? '')) return true
  return ofLife && NO_UPDATES.test(`${error?.reason} ${error?.caused_by?.reason}`)
}

/** In the words of the server, which has no type of its own for them: no script, a data stream. */
const NO_UPDATES = /cannot execute \[inline\] scripts|only write ops with an op_type of create/

function cureOf(status: number, type: unknown): string {
  return CURES_BY_TYPE[String(type)] ?? CURES[status] ?? ''
}

function cureOfItem({ status, error, ofLife }: Item): string {
  if (ofLife && error?.type === 'security_exception')
    return ' (grant index and auto_configure on the index of lives)'
  if (ofLife && isOfTheScript(error?.type))
    return ' (lives needs a plain index of its own, and script.allowed_types with inline)'
  return cureOf(status, error?.type)
}

/** With the cure before the reason, which may be long. */
function reasonOf({ status, error, ofLife }: Item, cure = ''): string {
  const { type = 'no reason given', reason = '', caused_by } = error ?? {}
  const deeper = caused_by?.reason === undefined ? '' : ` (${caused_by.reason})`
  return `${ofLife ? 'life document: ' : ''}${status} ${type}${cure}: ${reason}${deeper}`
}

/** A whole batch refused with 400 is split down to the document at fault, unless none is. */
function documentIsToBlame(text: string): boolean {
  const { type } = errorIn(text)
  return typeof type === 'string' && !NOT_THE_DOCUMENT.has(type)
}

interface Item extends Result {
  readonly ofLife: boolean
}

interface Result {
  readonly status: number
  readonly error?: {
    readonly type?: string
    readonly reason?: string
    readonly caused_by?: { readonly reason?: string }
  }
}

function itemsOf(text: string): readonly Item[] | undefined {
  const reply = parsedJson(text) as { readonly items?: unknown } | null | undefined
  if (!Array.isArray(reply?.items)) return undefined
  const items = reply.items.map((item: ReplyItem | null) => {
    const { create, update } = item ?? {}
    return { ...(create ?? update), ofLife: update !== undefined }
  })
  return items.every(isItem) ? items : undefined
}

interface ReplyItem {
  readonly create?: Result
  readonly update?: Result
}

const isItem = (item: Partial<Item>): item is Item => typeof item.status === 'number'
