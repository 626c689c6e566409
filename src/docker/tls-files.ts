import { join } from 'node:path'
import { AuditorError } from '../model/errors.ts'
import type { Surroundings } from './endpoint.ts'

/** Paths of PEM files; without `ca` the system's authorities are trusted. */
export interface TlsFiles {
  readonly ca?: string
  /** The client's own certificate and key. */
  readonly client?: { readonly cert: string; readonly key: string }
}

/**
 * `ca.pem`, `cert.pem` and `key.pem` of `DOCKER_CERT_PATH`, else of `~/.docker` (`DOCKER_CONFIG`),
 * as the docker client finds them: where `DOCKER_TLS_VERIFY` or `DOCKER_CERT_PATH` asks for them,
 * `ca.pem` must exist; otherwise what exists is used.
 *
 * @throws AuditorError `config-invalid`
 */
export function tlsFiles({ env, home, exists }: Surroundings): TlsFiles {
  const certPath = env['DOCKER_CERT_PATH'] ?? ''
  const folder = certPath || env['DOCKER_CONFIG'] || join(home, '.docker')
  const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const setting = certPath === '' ? 'DOCKER_TLS_VERIFY' : 'DOCKER_CERT_PATH'
  if (!exists(ca) && (certPath !== '' || (env['DOCKER_TLS_VERIFY'] ?? '') !== '')) {
    throw missing(setting, `${ca} does not exist`)
  }
  if (exists(cert) !== exists(key)) {
    const [there, absent] = exists(cert) ? [cert, key] : [key, cert]
    throw missing(setting, `${there} is there, but ${absent} is not`)
  }
  return {
    ...(exists(ca) ? { ca } : {}),
    ...(exists(cert) ? { client: { cert, key } } : {}),
  }
}

function missing(setting: string, what: string): AuditorError {
  return new AuditorError(
    'config-invalid',
    `${setting}: ${what}; put ca.pem, cert.pem and key.pem there, or point DOCKER_CERT_PATH to their folder`,
  )
}
