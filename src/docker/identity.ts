import { hash } from 'node:crypto'
import type { EngineRef } from '../model/entry.ts'
import { list, objectOf, text } from './json.ts'
import type { Json } from './json.ts'
import type { ReaderQueue } from './port.ts'

/**
 * Which engine this is. Docker keeps its `ID` for good, so it counts as it is. Podman answers a new
 * random `ID` to each question, and some engines answer none: their id is derived from what stays,
 * the host's name and the folder that holds the containers (`DockerRootDir`; one for each user of
 * rootless Podman), so that resume points and entry ids stay valid.
 *
 * @param info parsed answer of `GET /info`
 * @param version parsed answer of `GET /version`
 */
export function engineRef(info: unknown, version: unknown): EngineRef {
  const about = objectOf(info)
  const versions = objectOf(version)
  const name = text(about, 'Name')
  const given = text(about, 'ID')
  return {
    id: given === '' || isPodman(versions) ? derivedId(about, versions) : given,
    name,
    version: text(versions, 'Version') || text(about, 'ServerVersion'),
    apiVersion: text(versions, 'ApiVersion'),
  }
}

/** Docker's publisher of events [moby daemon/events/events.go]. Podman reads its events from a file. */
export function readerQueue(version: unknown): ReaderQueue | undefined {
  return isPodman(objectOf(version)) ? undefined : { slots: 1_024, waitMs: 100 }
}

function isPodman(version: Json): boolean {
  return list(version, 'Components').some((component) =>
    text(objectOf(component), 'Name').startsWith('Podman'),
  )
}

function derivedId(info: Json, version: Json): string {
  const lasting = JSON.stringify([text(info, 'Name'), text(info, 'DockerRootDir')])
  const prefix = isPodman(version) ? 'podman' : 'engine'
  return `${prefix}-${hash('sha256', lasting, 'hex').slice(0, 32)}`
}
