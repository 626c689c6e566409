import { dockerEngine } from '../support/docker.ts'
import { fakeSubject, realSubject } from '../support/engines/subject.ts'
import { requirePeer } from '../support/peers.ts'
import { engineSuite } from './engine-suite.ts'

/*
 * One suite over the fake engine, in each of the dialects it speaks, and over real ones, so that the
 * fake can't drift. Beside Docker's usual socket those that AUDITOR_TEST_ENGINES names, with blanks
 * between them (`unix:///a/engine.sock unix:///b/engine.sock`): they must be nobody else's.
 */

const fakes = {
  'as Docker 20.10': { version: '20.10.24', apiVersion: '1.41' },
  'as Docker 28': { version: '28.5.2', apiVersion: '1.51' },
  'as Docker 29': { version: '29.0.0', apiVersion: '1.52' },
  'as Podman': { kind: 'podman', apiVersion: '1.41' },
} as const

for (const [name, options] of Object.entries(fakes))
  engineSuite(`the fake engine ${name}`, (t) => fakeSubject(t, options))

engineSuite('the real engine', async (t) => {
  const peer = await requirePeer(t, dockerEngine)
  return peer && realSubject(t, peer.socket, { isOwn: false })
})

for (const url of (process.env['AUDITOR_TEST_ENGINES'] ?? '').split(/\s+/)) {
  const path = /^unix:\/\/(.+)$/.exec(url)?.[1]
  if (path !== undefined) engineSuite(url, (t) => realSubject(t, path, { isOwn: true }))
}
