import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bridgeRun, type Container } from '../../support/services.ts'

const ONE: Container = { ports: { '80/tcp': '8080' } }

test('a whole service, as the recorded answer of an engine 20.10 gives it', () => {
  const { start } = bridgeRun('auditor-2015', { ttl: 30, ttlRefresh: 10 })
  const env = ['DB_PASSWORD=hunter2', 'SERVICE_CHECK_HTTP=/up', 'SERVICE_443_X=1', 'service_y=2']
  assert.deepEqual(start({ ...ONE, env }), [
    {
      ID: 'vm:web:80',
      Name: 'nginx',
      Port: 8080,
      IP: '192.0.2.1',
      Tags: [],
      Attrs: { check_http: '/up' },
      TTL: 30,
      Origin: {
        HostPort: '8080',
        HostIP: '192.0.2.1',
        ExposedPort: '80',
        ExposedIP: '172.17.0.2',
        PortType: 'tcp',
        ContainerHostname: 'c0ffee',
        ContainerID: 'e37a038768d049f42a8c8e21a2fc33319970a9e73dfc46496c6026e8a673d944',
      },
    },
  ])
})

test('registrator-7 adds an empty ContainerName, as the last one', () => {
  const [service] = bridgeRun('registrator-7').start(ONE)
  assert.equal(Object.keys(service!.Origin).at(-1), 'ContainerName')
  assert.equal(service!.Origin.ContainerName, '')
})

test('a port that is bound to an address keeps it, and an IPv6 twin is passed over', () => {
  const [bound, everywhere] = bridgeRun('auditor-2015')
    .start()
    .map(({ IP, Port }) => `${IP}:${Port}`)
    .toSorted()
  assert.deepEqual([bound, everywhere], ['127.0.0.1:8443', '192.0.2.1:8080'])
})

test('-internal takes what is exposed, published or not', () => {
  const { start } = bridgeRun('auditor-2015', { internal: true })
  const ports = { '80/tcp': '8080', '443/tcp': undefined }
  // 2015 begins with what is configured; what the engine has bound knows both.
  assert.deepEqual(
    start({ ports }).map(({ Name, IP, Port }) => `${Name} ${IP}:${Port}`),
    ['nginx-80 172.17.0.2:80', 'nginx-443 172.17.0.2:443'],
  )
})

test('with --net=host only registrator-7 knows ports: those that are exposed', () => {
  const seen = (['auditor-2015', 'registrator-7'] as const).map((name) =>
    bridgeRun(name)
      .start({}, 'host-network')
      .map(({ IP, Port, Origin }) => `${IP}:${Port} ${Origin.HostPort}`),
  )
  assert.deepEqual(seen, [[], ['192.0.2.1:80 80']])
})

test('in a network of its own registrator-7 takes its address there, with the port of the host', () => {
  const seen = (['auditor-2015', 'registrator-7'] as const).map((name) =>
    bridgeRun(name)
      .start({}, 'own-network')
      .map(({ IP, Port, Origin }) => [`${IP}:${Port}`, Origin.ExposedIP]),
  )
  assert.deepEqual(seen, [[['192.0.2.1:8081', '']], [['172.18.0.2:8081', '172.18.0.2']]])
})

test('-useIpFromLabel, without the length of a network; and the network of another container wins', () => {
  const { start } = bridgeRun('registrator-7', { useIpFromLabel: 'ip' })
  const labels = { ip: '10.9.8.7/24' }
  start({ id: 'pause', ports: {} })
  const seen = [
    start({ ...ONE, id: 'c1', labels }),
    start({ ...ONE, id: 'c2', labels, networkMode: 'container:pause' }),
    start({ ...ONE, id: 'c3', labels, networkMode: 'container:unknown' }),
    start({ ...ONE, id: 'c4' }),
  ].map(([service]) => service?.IP)
  assert.deepEqual(seen, ['10.9.8.7', '172.17.0.2', '10.9.8.7', '192.0.2.1'])
})

test('-explicit: only what SERVICE_NAME names', () => {
  const { start } = bridgeRun('registrator-7', { explicit: true })
  const ports = { '80/tcp': '8080', '443/tcp': '8443' }
  assert.deepEqual(
    start({ id: 'c1', ports, env: ['SERVICE_80_NAME=x'] }).map(({ Name }) => Name),
    ['x'],
  )
  assert.deepEqual(start({ id: 'c2', ports }), [])
})

test('SERVICE_ID stands for the whole id', () => {
  const [service] = bridgeRun('registrator-7').start({ ...ONE, env: ['SERVICE_ID=mine'] })
  assert.equal(service?.ID, 'mine')
})

test('-tags of registrator-7 may be templates, of auditor-2015 they are texts', () => {
  const tags = '{{.HostConfig.NetworkMode}},{{ index .Config.Labels "app.tier" }},{{.No.Such}},z'
  const labels = { 'app.tier': 'front' }
  const tagsOf = (name: 'auditor-2015' | 'registrator-7'): readonly string[] =>
    bridgeRun(name, { tags }).start({ ...ONE, labels })[0]!.Tags
  assert.deepEqual(tagsOf('registrator-7'), ['z', 'front', 'default'])
  assert.deepEqual(tagsOf('auditor-2015'), tags.split(','))
})
