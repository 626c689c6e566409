import { spawn } from 'node:child_process'
import { Duplex } from 'node:stream'
import type { SshEndpoint } from './endpoint.ts'

const MAX_COMPLAINT = 500

/**
 * A connection to an engine's API through `ssh HOST docker system dial-stdio`, as the docker client
 * makes it: with the user's own ssh client, so its configuration, known hosts, keys and agent count.
 * Where ssh ends early, what it said becomes the error.
 */
export function dialSsh(endpoint: SshEndpoint): Duplex {
  const child = spawn('ssh', sshArguments(endpoint), { stdio: ['pipe', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (said: string) => {
    complaint = (complaint + said).slice(-MAX_COMPLAINT)
  })
  const stream = new Duplex({
    read: () => child.stdout.resume(),
    write: (chunk, _encoding, done) => child.stdin.write(chunk, done),
    final: (done) => child.stdin.end(done),
    destroy(error, done) {
      child.kill()
      done(error)
    },
  })
  child.stdout.on('data', (chunk) => {
    if (!stream.push(chunk)) child.stdout.pause()
  })
  child.stdin.on('error', (error) => stream.destroy(error))
  child.on('error', (error) => stream.destroy(error))
  // Not at the end of its output: only now is it known whether that was all there is to say.
  child.on('close', (code) => {
    if (code === 0) stream.push(null)
    else stream.destroy(new Error(`ssh ended with ${code}: ${complaint.trim()}`))
  })
  return asSocket(stream)
}

/** `BatchMode`: ssh must never ask a question of a service. */
function sshArguments({ host, port, user }: SshEndpoint): string[] {
  return [
    '-T',
    '-o',
    'BatchMode=yes',
    '-o',
    'ConnectTimeout=30',
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    host,
    'docker system dial-stdio',
  ]
}

/** The settings of a socket that an HTTP agent makes; a pipe has nothing to set. */
function asSocket(stream: Duplex): Duplex {
  const unset = (): Duplex => stream
  return Object.assign(stream, {
    setKeepAlive: unset,
    setNoDelay: unset,
    setTimeout: unset,
    ref: unset,
    unref: unset,
  })
}
