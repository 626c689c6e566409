import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { createDockerEngine } from '../docker/dockerode.ts'
import { resolveEndpoint } from '../docker/endpoint.ts'
import type { InspectableEngine } from '../docker/port.ts'

/**
 * The engine at a URL or socket path; without one, the engine that `DOCKER_HOST` names, else the
 * first of the usual sockets. Connects to nothing yet.
 *
 * @param metrics where its metrics are served, for the count of its events
 * @throws AuditorError `config-invalid` for a URL nobody can use
 */
export function openEngine(
  url?: string,
  env: Readonly<{ [name: string]: string | undefined }> = process.env,
  metrics?: string,
): InspectableEngine {
  const endpoint = resolveEndpoint(url, { env, home: homedir(), exists: existsSync })
  return createDockerEngine(endpoint, metrics === undefined ? {} : { metrics })
}
