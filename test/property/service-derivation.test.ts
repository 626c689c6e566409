import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { metadataOf } from '../../src/profiles/metadata.ts'
import { servicesOf } from '../../src/profiles/derive.ts'
import { serviceInputs, type Variable } from '../../src/profiles/inputs.ts'
import { assertCaught } from '../support/planted.ts'
import { runs } from '../support/property.ts'
import { chosen, inspectAnswer } from '../support/services.ts'

const profileName = fc.constantFrom('auditor-2015', 'registrator-7')
const port = fc.constantFrom('80/tcp', '443/tcp', '53/udp', '80', 'x/tcp', '/', '')
const binding = fc.oneof(
  fc.record({ HostIp: fc.constantFrom('', '0.0.0.0', '127.0.0.1'), HostPort: fc.constantFrom('', '8080', 'y') }),
  fc.anything(),
) // prettier-ignore
const ports = fc.oneof(
  fc.dictionary(port, fc.oneof(fc.array(binding), fc.constant(null))),
  fc.anything(),
)
const key = fc.constantFrom(
  'NAME',
  '80_NAME',
  '443_NAME',
  'TAGS',
  'IGNORE',
  '443_IGNORE',
  'ID',
  '__proto__',
  '80',
  '_',
)
const entry = fc.oneof(
  fc.tuple(key, fc.constantFrom('', 'x', 'a,b\\,c')).map(([name, value]) => `SERVICE_${name}=${value}`),
  fc.string(),
) // prettier-ignore
const map = fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.anything())

/** Like an inspect answer, with anything in its places. */
const answer = fc.record(
  {
    Id: fc.oneof(fc.string(), fc.anything()),
    Name: fc.oneof(fc.string(), fc.anything()),
    Config: fc.oneof(
      fc.record(
        { Env: fc.oneof(fc.array(entry), fc.anything()), Labels: map, Image: fc.string(), ExposedPorts: ports },
        { requiredKeys: [] },
      ),
      fc.anything(),
    ),
    HostConfig: fc.record({ PortBindings: ports, NetworkMode: fc.string() }, { requiredKeys: [] }),
    NetworkSettings: fc.record({ Ports: ports, Networks: map }, { requiredKeys: [] }),
    State: fc.anything(),
  },
  { requiredKeys: [] },
) // prettier-ignore

test('whatever inspect answers, it gives services or none, and the same ones each time', () => {
  const property = fc.property(
    fc.oneof(answer, fc.anything()),
    profileName,
    fc.boolean(),
    (inspect, name, internal) => {
      const { wanted, bridge } = chosen(name, { internal })
      const derive = (): string => {
        const options = { ...bridge, addressOf: () => undefined }
        return JSON.stringify(servicesOf(serviceInputs(inspect, wanted), options))
      }
      const text = derive()
      assert.equal(derive(), text)
      for (const service of JSON.parse(text) as { Port: unknown; ID: unknown; Name: unknown }[]) {
        assert.equal(typeof service.Port, 'number')
        assert.equal(typeof service.Name, 'string')
        assert.equal(typeof service.ID, 'string')
      }
    },
  )
  fc.assert(property, runs(500))
})

test('of the environment nothing is taken but SERVICE_', () => {
  const hidden = fc.stringMatching(/^Zq9[a-z0-9]{12}$/)
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/).filter((each) => !each.startsWith('SERVICE_'))
  const property = fc.property(fc.array(fc.tuple(name, hidden)), profileName, (variables, profile) => {
    const env = [...variables.map(([variable, value]) => `${variable}=${value}`), 'SERVICE_X=y']
    const inputs = serviceInputs(inspectAnswer('published', { env }), chosen(profile).wanted)
    const text = JSON.stringify(inputs)
    for (const [, value] of variables) assert.ok(!text.includes(value))
    assert.deepEqual(inputs.environment, [['SERVICE_X', 'y']])
  })
  fc.assert(property, runs(200))
}) // prettier-ignore

describe('which of two values of a name is a port`s', () => {
  type Rule = typeof metadataOf

  const variable: fc.Arbitrary<Variable> = fc.tuple(
    fc.constantFrom('SERVICE_NAME', 'SERVICE_80_NAME', 'SERVICE_443_NAME', 'SERVICE_Name'),
    fc.constantFrom('a', 'b', 'c', 'd'),
  )

  const property = (rule: Rule) =>
    fc.property(fc.array(variable, { maxLength: 6 }), (variables) => {
      const meant = variables.filter(([name]) => name !== 'SERVICE_443_NAME')
      const own = meant.filter(([name]) => name === 'SERVICE_80_NAME')
      const value = (how: 'later' | 'port'): string | undefined =>
        rule(variables, '80', how).values.get('name')
      assert.equal(value('later'), meant.at(-1)?.[1])
      assert.equal(value('port'), (own.at(-1) ?? meant.at(-1))?.[1])
      assert.equal(rule(variables, '80', 'port').ofPort.has('name'), own.length > 0)
    })

  test('the later one; or its own one, and of these the later', () => {
    fc.assert(property(metadataOf), runs(500))
  })

  const plants: readonly (readonly [string, Rule])[] = [
    ['the first one wins', (all, port, how) => metadataOf(all.toReversed(), port, how)],
    ['the other port`s counts, too', (all, port, how) =>
      metadataOf(all.map(([name, value]) => [name.replace('443', '80'), value]), port, how)],
    ['its own one is overwritten', (all, port) => metadataOf(all, port, 'later')],
    ['case matters', (all, port, how) =>
      metadataOf(all.filter(([name]) => name !== 'SERVICE_Name'), port, how)],
  ] // prettier-ignore

  for (const [bug, planted] of plants) {
    test(`a planted bug is caught: ${bug}`, () => assertCaught(property(planted)))
  }
})
