import { asError, AuditorError } from '../model/errors.ts'
import { readBody } from './http-answer.ts'
import type { MeteredCount } from './port.ts'

const MAX_BYTES = 4 * 1_048_576

/**
 * Reads an engine's count of its events where its metrics are served (`metrics-addr` in daemon.json).
 *
 * @param url `http://127.0.0.1:9323/metrics`
 * @throws AuditorError `config-invalid` where that is no such URL
 */
export function createEngineCounter(url: string): (signal: AbortSignal) => Promise<MeteredCount> {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    const cure = 'give it as http://127.0.0.1:9323/metrics'
    throw new AuditorError('config-invalid', `docker.metrics: ${url} is no web address; ${cure}`)
  }
  return async (signal) => {
    const answer = await fetch(url, { signal, redirect: 'error' }).catch((thrown: unknown) => {
      // fetch says only that it failed.
      throw new Error(`GET ${url}: ${asError(asError(thrown).cause ?? thrown).message}`)
    })
    if (!answer.ok) {
      await answer.body?.cancel()
      throw new Error(`GET ${url} answered ${answer.status}`)
    }
    const text = answer.body === null ? '' : await readBody(answer.body, MAX_BYTES)
    if (text === undefined)
      throw new Error(`GET ${url}: the answer has more than ${MAX_BYTES} bytes`)
    const count = countOf(text)
    if (count === undefined) throw new Error(`GET ${url}: the answer has no count of events`)
    return count
  }
}

/**
 * The count, in the life that the process's start tells; `undefined` where either is missing: without
 * a start a count that began anew could not be told from one that went on.
 */
export function countOf(metrics: string): MeteredCount | undefined {
  const total = /^engine_daemon_events_total (\S+)$/m.exec(metrics)?.[1]
  const life = /^process_start_time_seconds (\S+)$/m.exec(metrics)?.[1]
  const engineId = /^engine_daemon_engine_info\{[^}\n]*daemon_id="([^"]*)"/m.exec(metrics)?.[1]
  if (total === undefined || life === undefined || !Number.isSafeInteger(Number(total)))
    return undefined
  return { total: Number(total), life, ...(engineId === undefined ? {} : { engineId }) }
}
