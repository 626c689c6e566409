import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { profileSchema, type ProfileName } from '../../src/config/profile-schema.ts'
import { silentLog } from '../../src/model/log.ts'
import { createBridge, type Bridge } from '../../src/profiles/bridge.ts'
import { serviceInputs, type ServiceInputs } from '../../src/profiles/inputs.ts'
import { profileOf, type Profile } from '../../src/profiles/profile.ts'
import type { Change, Service } from '../../src/profiles/service.ts'

/** What an engine 20.10 answered, but for what is not read; see each file. */
type Answer = 'published' | 'host-network' | 'own-network' | 'dead'

interface Inspect {
  readonly [name: string]: unknown
  readonly Config: { readonly [name: string]: unknown }
  readonly HostConfig: { readonly [name: string]: unknown }
  readonly NetworkSettings: { readonly [name: string]: unknown }
}

/** How a container differs from the recorded one. */
export interface Container {
  readonly id?: string
  readonly name?: string
  readonly image?: string
  readonly env?: readonly string[]
  readonly labels?: { readonly [name: string]: string }
  /** `80/tcp` and the host's port it is published on, or none: it is only exposed. */
  readonly ports?: { readonly [port: string]: string | undefined }
  readonly networkMode?: string
}

export function inspectAnswer(answer: Answer, container: Container = {}): Inspect {
  const path = join(import.meta.dirname, `../fixtures/inspect/${answer}.json`)
  const recorded = JSON.parse(readFileSync(path, 'utf8')) as Inspect
  const { id, name = 'web', image = 'nginx:1.27', env, labels, ports, networkMode } = container
  return {
    ...recorded,
    Name: `/${name}`,
    ...(id === undefined ? {} : { Id: id }),
    Config: {
      ...recorded.Config,
      Image: image,
      Env: env ?? [],
      Labels: labels ?? {},
      ...(ports === undefined ? {} : { ExposedPorts: exposed(ports) }),
    },
    HostConfig: {
      ...recorded.HostConfig,
      ...(networkMode === undefined ? {} : { NetworkMode: networkMode }),
      ...(ports === undefined ? {} : { PortBindings: bindings(ports, '') }),
    },
    NetworkSettings: {
      ...recorded.NetworkSettings,
      ...(ports === undefined || answer === 'dead' ? {} : { Ports: published(ports) }),
    },
  }
}

type Ports = NonNullable<Container['ports']>

const exposed = (ports: Ports) => Object.fromEntries(Object.keys(ports).map((port) => [port, {}]))

const bindings = (ports: Ports, ip: string) =>
  Object.fromEntries(
    Object.entries(ports).flatMap(([port, host]) =>
      host === undefined ? [] : [[port, [{ HostIp: ip, HostPort: host }]]],
    ),
  )

/** One that is exposed and not published is `null` there. */
const published = (ports: Ports) =>
  Object.fromEntries(
    Object.entries(ports).map(([port, host]) => [
      port,
      host === undefined
        ? null
        : [
            { HostIp: '0.0.0.0', HostPort: host },
            { HostIp: '::', HostPort: host },
          ],
    ]),
  )

export function chosen(name: ProfileName, settings: object = {}): Profile {
  const host = { name: 'vm', address: '192.0.2.1' }
  return profileOf(name, profileSchema.parse({ name, ...settings }), host)
}

/** A bridge that is asked with inspect answers, and what it said so far. */
export interface BridgeRun {
  readonly bridge: Bridge
  readonly inputs: (answer: Answer, container?: Container) => ServiceInputs
  /** A start's services. */
  readonly start: (container?: Container, answer?: Answer) => readonly Service[]
}

export function bridgeRun(name: ProfileName, settings: object = {}): BridgeRun {
  const profile = chosen(name, settings)
  const bridge = createBridge({ ...profile.bridge, log: silentLog })
  const inputs = (answer: Answer, container: Container = {}): ServiceInputs =>
    serviceInputs(inspectAnswer(answer, container), profile.wanted)
  return {
    bridge,
    inputs,
    start(container = {}, answer = 'published') {
      const found = inputs(answer, container)
      bridge.learn(found)
      return bridge.start(found.id, found).map(({ service }) => service)
    },
  }
}

/** `start web-80`, sorted. */
export const told = (changes: readonly Change[]): readonly string[] =>
  changes.map(({ action, service }) => `${action} ${service.Name}`).toSorted()
