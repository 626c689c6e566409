import type { Auditor } from '../agent/auditor.ts'
import { compileFilter, requireFilter } from '../filter/compile.ts'
import { encodeEntry } from '../model/entry-codec.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import type { Entry } from '../model/entry.ts'
import { AuditorError } from '../model/errors.ts'
import { TAP_STAGES, type Tapped, type TapStage } from '../streams/tap.ts'
import type { Answer, Asker } from './app.ts'
import { jsonText } from './json.ts'

export type TapSource = Pick<Auditor, 'tap'>['tap']

/** Taps at once; a further one is refused. */
const MOST = 4

/**
 * `/tap?stage=enrich&filter=...`: what passes a stage, a line of JSON each, until the reader goes. It shows
 * what happens on the machine, so it answers who asks from the machine itself, by an address or as
 * `localhost`: a page in a browser can't get at it through a name of its own.
 */
export function createTapPage(source: () => TapSource | undefined) {
  let open = 0
  return (query: URLSearchParams, asker: Asker | undefined): Answer => {
    if (asker === undefined || !isLocal(asker)) {
      return plain(403, 'a tap is for this machine alone: ask on 127.0.0.1 or [::1]')
    }
    const stage = query.get('stage') ?? ''
    if (!isStage(stage)) return plain(400, unknownStage(stage))
    const accepts = acceptsOf(query.get('filter') ?? '')
    if (typeof accepts === 'string') return plain(400, accepts)
    const tap = source()
    if (tap === undefined) return plain(503, 'nothing runs yet')
    if (open >= MOST) return plain(503, `${MOST} taps are open already: end one of them`)
    return {
      status: 200,
      contentType: 'application/x-ndjson',
      async *body(signal) {
        open += 1
        try {
          const options = { stage, signal, ...(accepts === undefined ? {} : { accepts }) }
          for await (const each of tap(options)) yield lineOf(each)
        } finally {
          open -= 1
        }
      },
    }
  }
}

export const isStage = (stage: string): stage is TapStage =>
  (TAP_STAGES as readonly string[]).includes(stage)

export const unknownStage = (stage: string): string =>
  `there is no stage ${JSON.stringify(stage)}${didYouMean(stage, TAP_STAGES)}; there are ${TAP_STAGES.join(', ')}`

function acceptsOf(filter: string): ReturnType<typeof compileFilter> | string | undefined {
  if (filter.trim() === '') return undefined
  try {
    return compileFilter(requireFilter(filter))
  } catch (thrown) {
    if (thrown instanceof AuditorError) return thrown.message
    throw thrown
  }
}

const lineOf = (tapped: Tapped): string =>
  isOfTap(tapped) ? `${jsonText(tapped)}\n` : `${encodeEntry(tapped)}\n`

const isOfTap = (tapped: Tapped): tapped is Exclude<Tapped, Entry> =>
  tapped.kind === 'skipped' || tapped.kind === 'group' || tapped.kind === 'dropped'

function isLocal({ address, host }: Asker): boolean {
  const from = address.replace(/^::ffff:/, '')
  const name = host.replace(/:\d+$/, '')
  return (
    (/^127\.\d+\.\d+\.\d+$/.test(from) || from === '::1') &&
    (/^[\d.]+$/.test(name) || name.startsWith('[') || name === 'localhost')
  )
}

const plain = (status: number, message: string): Answer => ({
  status,
  contentType: 'text/plain; charset=UTF-8',
  body: `${message}\n`,
})
