import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withOldFlags } from '../../../src/cli/profile-flags.ts'
import { cli } from '../../support/cli.ts'

for (const [given, meant] of [
  ['-ip 10.0.0.1 logstash://', '--ip=10.0.0.1 logstash://'],
  ['-ip=10.0.0.1 logstash://', '--ip=10.0.0.1 logstash://'],
  ['--ip 10.0.0.1 logstash://', '--ip=10.0.0.1 logstash://'],
  ['-internal logstash://', '--internal=true logstash://'],
  ['-internal=false', '--internal=false'],
  ['-ttl 30 -ttl-refresh 10', '--ttl=30 --ttl-refresh=10'],
  ['-retry-attempts -1 -retry-interval=5', '--retry-attempts=-1 --retry-interval=5'],
  ['-useIpFromLabel x', '--useIpFromLabel=x'],
  ['-explicit', '--profile-explicit=true'],
  ['--explicit -c f --data d -h', '--explicit -c f --data d -h'],
  ['-tags', '--tags'],
  ['-tags a=b,c', '--tags=a=b,c'],
  ['-- -ip 10.0.0.1', '-- -ip 10.0.0.1'],
] as const) {
  test(`${given} is ${meant}`, () => {
    assert.equal(withOldFlags(`run ${given}`.split(' ')).join(' '), `run ${meant}`)
  })
}

const print = async (line: string): Promise<string> => {
  const { stdout, stderr } = await cli(['config', 'print', ...line.split(' ')])
  return stdout + stderr
}

test('the old command line is understood with a profile', async () => {
  const shown = await print('--profile registrator-7 -ip 10.0.0.1 -explicit logstash://h:1')
  assert.match(shown, /name: registrator-7 # --profile/)
  assert.match(shown, /ip: 10.0.0.1 # -ip/)
  assert.match(shown, /^ {2}explicit: "?true"? # -explicit/m)
  assert.match(shown, /format: classic/)
})

for (const [line, complaint] of [
  ['-ip 10.0.0.1', /^-ip: profile.ip: is for profiles only: choose one with --profile auditor-2015/m],
  ['--profile auditor-2015 -explicit', /^-explicit: profile.explicit: auditor-2015 had no such/m],
  ['--profile auditor-2015 -ttl 30', /^-ttl: profile.ttl: ttl and ttlRefresh go together/m],
  ['--profile auditor', /--profile: profile.name: expected auditor-2015 or registrator-7/],
] as const) {
  test(`is refused: ${line}`, async () => assert.match(await print(line), complaint))
} // prettier-ignore

test('-explicit without a profile is ours', async () => {
  assert.match(await print('-explicit'), /explicit: "?true"? # -explicit/)
})

test('-retry-attempts: so many more tries, then the process ends', async () => {
  const line = '--profile registrator-7 -retry-attempts 1 -retry-interval 1 --listen off logstash://127.0.0.1:1'
  const { code, stderr } = await cli(['run', ...line.split(' ')])
  assert.equal(code, 5)
  assert.match(stderr, /can't be reached: .*ECONNREFUSED.*; tried 1 more times/)
  assert.match(stderr, /^auditor: sink logstash\S* can't be reached/m)
}) // prettier-ignore
