import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { parseSinkUri } from '../../src/config/uri.ts'
import { sinkKinds } from '../../src/sinks/kinds.ts'

interface Compose {
  readonly services: { readonly [name: string]: Service }
  readonly networks?: { readonly [name: string]: { readonly internal?: boolean } }
}

interface Service {
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly networks?: readonly string[]
}

const compose = (name: string): Compose =>
  parse(readFileSync(join(import.meta.dirname, '../../deploy', name), 'utf8')) as Compose

for (const file of ['compose.yaml', 'compose.proxy.yaml']) {
  test(`${file}: Auditor has no rights, writes to its volume only and is published on loopback`, () => {
    const auditor = compose(file).services['auditor']!
    assert.equal(auditor.read_only, true)
    assert.deepEqual(auditor.cap_drop, ['ALL'])
    assert.deepEqual(auditor.security_opt, ['no-new-privileges:true'])
    assert.deepEqual(auditor.ports, ['127.0.0.1:7410:7410'])
    assert.ok(auditor.volumes?.includes('data:/var/lib/auditor'))
  })
}

test('compose.proxy.yaml: only the proxy has the socket, and nobody outside reaches the proxy', () => {
  const { services, networks } = compose('compose.proxy.yaml')
  const holders = Object.entries(services).filter(([, { volumes }]) =>
    volumes?.some((volume) => volume.includes('docker.sock')),
  )
  assert.deepEqual(
    holders.map(([name]) => name),
    ['docker-proxy'],
  )
  assert.equal(services['docker-proxy']?.ports, undefined)
  assert.deepEqual(services['docker-proxy']?.networks, ['engine'])
  assert.equal(networks?.['engine']?.internal, true)
})

// Logstash itself is not to be had here: what can be held against the sinks is.
for (const [name, input] of [
  ['beats', 'beats'],
  ['tcp', 'tcp'],
  ['http', 'http'],
] as const) {
  test(`logstash/${name}.conf: listens where the sink of its first line goes, and keeps one of each id`, () => {
    const text = readFileSync(
      join(import.meta.dirname, `../../deploy/logstash/${name}.conf`),
      'utf8',
    )
    const uri = /^# Logstash for `auditor (\S+)`/.exec(text)![1]!
    const { kind, options } = parseSinkUri(uri.replace('HOST', 'host'), sinkKinds, {})
    const parsed = sinkKinds.find((each) => each.kind === kind)!.options.safeParse(options)
    assert.ok(parsed.success, uri)
    const code = text.replaceAll(/^\s*#.*$/gm, '')
    const port = new RegExp(`input \\{\\s+${input} \\{\\s+port => (\\d+)`).exec(code)?.[1]
    assert.ok(port !== undefined, 'no port')
    assert.ok(uri.includes(`:${port}`), port)
    assert.match(code, /document_id => "%\{\[(?:event\]\[id|@metadata\]\[_id)\]\}"/)
    assert.equal(code.split('{').length, code.split('}').length, 'braces')
  })
}
