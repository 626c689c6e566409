import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineRef } from '../../../src/docker/identity.ts'

const docker = { Version: '29.0.0', ApiVersion: '1.52', Components: [{ Name: 'Engine' }] }
const podman = { Version: '4.3.1', ApiVersion: '1.41', Components: [{ Name: 'Podman Engine' }] }

test("Docker's own id counts", () => {
  assert.deepEqual(engineRef({ ID: 'A:B', Name: 'host' }, docker), {
    id: 'A:B',
    name: 'host',
    version: '29.0.0',
    apiVersion: '1.52',
  })
})

test("Podman's random id does not: host name and storage folder do", () => {
  const id = (ID: string, Name: string, DockerRootDir: string): string =>
    engineRef({ ID, Name, DockerRootDir }, podman).id
  assert.match(id('random-1', 'host', '/a'), /^podman-[0-9a-f]{32}$/)
  assert.equal(id('random-1', 'host', '/a'), id('random-2', 'host', '/a'))
  assert.notEqual(id('random-1', 'host', '/a'), id('random-1', 'host', '/b'))
  assert.notEqual(id('random-1', 'host', '/a'), id('random-1', 'other', '/a'))
})

test('an engine without an id, and answers of any shape', () => {
  assert.match(engineRef({ Name: 'h' }, docker).id, /^engine-[0-9a-f]{32}$/)
  assert.deepEqual(Object.keys(engineRef(null, [])), ['id', 'name', 'version', 'apiVersion'])
  assert.equal(engineRef({ ServerVersion: '1' }, {}).version, '1')
})
