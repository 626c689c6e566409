import assert from 'node:assert/strict'
import { test } from 'node:test'
import { shapeFor } from '../../../src/testing/event.ts'

const time = 1_669_063_345_678_901_234n
const start = { action: 'start', id: 'ab', attributes: { name: 'n', image: 'busybox' } }
const mount = { type: 'volume', action: 'mount', id: 'v', attributes: { driver: 'local' } }

const docker = (apiVersion: string, asked = apiVersion) =>
  shapeFor({ kind: 'docker', apiVersion }, asked)

test('Docker before API 1.52 has the old fields', () => {
  assert.equal(
    docker('1.41')(start, time),
    '{"status":"start","id":"ab","from":"busybox","Type":"container","Action":"start",' +
      '"Actor":{"ID":"ab","Attributes":{"image":"busybox","name":"n"}},"scope":"local",' +
      '"time":1669063345,"timeNano":1669063345678901234}',
  )
  assert.match(
    docker('1.41')({ type: 'image', action: 'pull', id: 'i' }, time),
    /^\{"status":"pull","id":"i","Type":"image"/,
  )
  assert.match(docker('1.41')(mount, time), /^\{"Type":"volume"/)
})

test('since API 1.52 it has not; asked for an older dialect it goes by way of a float', () => {
  assert.equal(
    docker('1.52')(start, time),
    '{"Type":"container","Action":"start","Actor":{"ID":"ab","Attributes":{"image":"busybox","name":"n"}},' +
      '"scope":"local","time":1669063345,"timeNano":1669063345678901234}',
  )
  assert.equal(
    docker('1.56', '1.41')(start, time),
    '{"Action":"start","Actor":{"ID":"ab","Attributes":{"image":"busybox","name":"n"}},"Type":"container",' +
      '"from":"busybox","id":"ab","scope":"local","status":"start","time":1669063345,"timeNano":1669063345678901200}',
  )
  assert.match(docker('1.56', '1.41')(mount, time), /"timeNano":1669063345678901234\}$/)
})

test('Podman has the old fields, and HealthStatus where it speaks of health', () => {
  const podman = shapeFor({ kind: 'podman', apiVersion: '1.41' }, '1.41')
  assert.match(
    podman(start, time),
    /^\{"status":"start","id":"ab","from":"busybox",.*,"timeNano":\d+\}$/,
  )
  const health = { action: 'health_status', id: 'ab', healthStatus: 'healthy' }
  assert.match(podman(health, time), /"HealthStatus":"healthy"\}$/)
})
