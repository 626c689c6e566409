import { objectOf } from './json.ts'

/** Why an engine can't be reached, in plain words with a cure. */
export interface Reason {
  /** The same for the same kind of trouble, so that it is told once. */
  readonly key: string
  readonly text: string
}

const cures: { readonly [code: string]: string } = {
  ENOENT:
    'there is no such socket: start Docker, or in a container mount the folder that holds it (-v /var/run:/var/run)',
  EACCES:
    'this user may not open the socket: run as root, or add the user to the group that owns it (usually docker)',
  EPERM: 'this user may not open the socket: run as root, or add the user to its group',
  ECONNREFUSED:
    'nothing listens there: start Docker; in a container mount the folder of the socket, for a mounted socket file goes stale when the engine restarts',
  ENOTSOCK: 'this is a file, not a socket: correct the path',
  EISDIR: 'this is a folder, not a socket: correct the path',
  ENOTFOUND: 'the host name is unknown: correct it, or the name service',
  EAI_AGAIN: 'the name service does not answer',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the host',
  ETIMEDOUT: 'the engine does not answer in time',
  ECONNRESET: 'the connection was cut',
  EPROTO:
    'the other side speaks no TLS here: use tcp:// without DOCKER_TLS_VERIFY, or its TLS port',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is not trusted: put its ca.pem into DOCKER_CERT_PATH',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted: put its ca.pem into DOCKER_CERT_PATH',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is not trusted: put its ca.pem into DOCKER_CERT_PATH',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
}

const statusCures: { readonly [status: number]: string } = {
  400: 'the engine refuses the request: is it TLS on one side only?',
  401: 'the engine wants a client certificate or a login',
  403: 'a proxy or plugin forbids it: allow GET for /info, /version, /events and /containers',
}

/** @param error whatever asking the engine threw */
export function reasonOf(error: Error): Reason {
  const { code, statusCode } = objectOf(error)
  if (typeof statusCode === 'number') {
    const cure = statusCures[statusCode]
    return { key: `HTTP ${statusCode}`, text: withCure(error.message, cure) }
  }
  const key = typeof code === 'string' ? code : error.message
  return { key, text: withCure(error.message, cures[key]) }
}

function withCure(message: string, cure: string | undefined): string {
  return cure === undefined ? message : `${cure} (${message})`
}
