import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { run } from './run.ts'

/** PEM files of an authority, a server on 127.0.0.1 and localhost, and a client. */
export interface Certificates {
  readonly ca: string
  readonly serverCert: string
  readonly serverKey: string
  readonly clientCert: string
  readonly clientKey: string
}

/** Makes them with openssl in a folder that goes with the test. */
export async function makeCertificates(t: Pick<TestContext, 'after'>): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'auditor-certificates-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const file = (name: string): string => join(folder, name)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const openssl = (...args: string[]) => run('openssl', ['req', '-x509', '-days', '2', ...args])

  await openssl(...newKey, '-subj', '/CN=ca', '-keyout', file('ca.key'), '-out', file('ca.pem'))
  for (const [name, names] of [
    ['server', 'DNS:localhost,IP:127.0.0.1'],
    ['client', 'DNS:client'],
  ] as const) {
    const from = ['-CA', file('ca.pem'), '-CAkey', file('ca.key')]
    const to = ['-keyout', file(`${name}.key`), '-out', file(`${name}.pem`)]
    const extensions = [`subjectAltName=${names}`, 'basicConstraints=critical,CA:FALSE']
    const added = extensions.flatMap((extension) => ['-addext', extension])
    await openssl(...newKey, '-subj', `/CN=${name}`, ...added, ...from, ...to)
  }
  return {
    ca: file('ca.pem'),
    serverCert: file('server.pem'),
    serverKey: file('server.key'),
    clientCert: file('client.pem'),
    clientKey: file('client.key'),
  }
}
