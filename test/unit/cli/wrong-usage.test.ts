import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { cli, scratch } from '../../support/cli.ts'

/** Wrong command lines: the exit code, and what the one line on stderr must say. */
const lines: readonly (readonly [line: string, code: number, said: RegExp])[] = [
  // Commands that do not exist.
  ['evnts', 2, /^auditor: unknown command 'evnts', did you mean events\? See: auditor --help\n$/],
  ['nonsense', 2, /^auditor: unknown command 'nonsense'\. See: auditor --help\n$/],
  ['sinks rewnd x', 2, /unknown command 'rewnd', did you mean rewind\? See: auditor sinks --help/],
  ['dead-letters rety', 2, /unknown command 'rety', did you mean retry\?/],
  ['config prnt', 2, /unknown command 'prnt', did you mean print\?/],
  // Options that do not exist, or have no such value.
  ['--dat x', 2, /unknown option '--dat', did you mean --data\? See: auditor run --help/],
  ['run --explict', 2, /unknown option '--explict', did you mean --explicit\?/],
  ['events --limt 3', 2, /unknown option '--limt', did you mean --limit\?/],
  ['events --limit x', 2, /'--limit <n>' argument 'x' is invalid: expected a whole number/],
  ['events --limit -1', 2, /argument '-1' is invalid/],
  ['events -o xml', 2, /allowed choices are table, json, ndjson, csv\. See: auditor events --help/],
  ['events --since soon', 2, /^auditor: --since: expected a time .* got "soon"/],
  ['events --since 1h --until 2h', 2, /--since 1h is after --until 2h/],
  ['events action:die AND', 2, /something is missing at the end/],
  ['watch act:', 2, /a value is missing/],
  ['watch --since soon', 2, /--since: expected a time/],
  ['record DIR/t --since soon', 2, /--since: expected a time/],
  ['replay x --speed 0', 2, /expected max, or a factor such as 1x or 10x/],
  ['sinks rewind x', 2, /either --to SEQ or --since TIME/],
  ['sinks rewind x --to 1 --since 1h', 2, /either --to SEQ or --since TIME/],
  ['sinks drain --timeout soon', 2, /expected a duration such as/],
  ['dead-letters drop x', 2, /say which with --seq, or --yes/],
  ['dead-letters retry x --seq y', 2, /expected a whole number/],
  ['healthcheck --listen off', 2, /listens nowhere/],
  // Arguments too few or too many.
  ['record', 2, /missing required argument 'dir'/],
  ['replay', 2, /missing required argument 'trace'/],
  ['sinks rewind', 2, /missing required argument 'sink'\. See: auditor sinks rewind --help/],
  ['version now', 2, /too many arguments/],
  // Configuration, from each of its sources.
  ['run nonsense', 3, /nonsense: expected a sink URI such as/],
  ['foo://x', 3, /unknown kind of sink "foo:"/],
  ['elastik:', 3, /did you mean "elastic"\?/],
  ['run --listen x', 3, /--listen: listen: expected HOST:PORT/],
  ['run --filter act:', 3, /--filter: filter: /],
  ['run --docker foo://x', 3, /the scheme foo:\/\/ is not known/],
  ['run --config nowhere.yaml', 3, /cannot read nowhere\.yaml/],
  ['validate nowhere.yaml', 3, /cannot read nowhere\.yaml/],
  ['healthcheck --listen x', 3, /expected HOST:PORT/],
  ['logstash://user:hunter2@h:99999', 3, /expected a port/],
  // Surroundings.
  ['watch --docker unix:///nowhere.sock', 4, /no Docker at .*: there is no such socket: start/],
  ['watch --docker tcp://127.0.0.1:1', 4, /no Docker at .*: nothing listens there: start Docker/],
  ['record DIR/t --docker unix:///nowhere.sock', 4, /no Docker at unix:\/\/\/nowhere\.sock/],
  ['watch --docker a:1 --docker unix:///nowhere.sock', 4, /nowhere\.sock/],
  ['doctor --data DIR --docker unix:///nowhere.sock', 4, /^$/],
  ['events --data DIR/none', 1, /there is no journal in .*: start the agent there, or name/],
  ['sinks --data DIR/none', 1, /there is no journal/],
  ['dead-letters --data DIR/none', 1, /there is no journal/],
  ['sinks drain --data DIR/none', 1, /there is no journal/],
  ['replay DIR/none', 1, /no trace at .*none: expected a folder with events\.ndjson, or a file/],
  ['replay DIR/prose --data DIR/made', 1, /prose is no trace: its first 2 lines are no events/],
  ['run --data DIR/prose', 1, /cannot write to .*prose: it is not a directory; choose another/],
  [
    'healthcheck --listen 127.0.0.1:1',
    1,
    /no agent answers at http:\/\/127\.0\.0\.1:1: .*--listen/,
  ],
]

test('each wrong command line ends with its exit code, one message and no stack', async (t) => {
  const dir = await scratch(t)
  await writeFile(join(dir, 'prose'), 'once upon\na time\n')
  for (const [line, code, said] of lines) {
    const args = line.split(' ').map((word) => word.replace('DIR', dir))
    const result = await cli(args)
    assert.equal(result.code, code, `${line}: ${result.stderr}`)
    assert.match(result.stderr, said, line)
    assert.doesNotMatch(result.stderr, /\n {4}at |a bug:/, line)
    assert.doesNotMatch(result.stderr, /hunter2/, line)
    if (code !== 4) assert.equal(result.stdout, '', line)
  }
})

test('every mistake of a configuration is told at once, with its place', async (t) => {
  const file = join(await scratch(t), 'a.yaml')
  await writeFile(file, "dta: x\nfilter: 'act:'\nsinks:\n  l: logstash://u:hunter2@h:99999\n")
  for (const args of [
    ['run', '-c', file],
    ['validate', file],
    ['config', 'print', '-c', file],
  ]) {
    const { code, stderr } = await cli(args, { AUDITOR_DTA: '1' })
    assert.equal(code, 3)
    assert.match(stderr, /a\.yaml:1:1: dta: unknown key, did you mean "data"\?/)
    assert.match(stderr, /a\.yaml:2:9: filter: a value is missing/)
    assert.match(stderr, /a\.yaml:4:6: sinks\.l: /)
    assert.match(stderr, /AUDITOR_DTA: unknown variable, did you mean "AUDITOR_DATA"\?/)
    assert.doesNotMatch(stderr, /hunter2/)
  }
})

test('several engines where one is needed: say which', async (t) => {
  const file = join(await scratch(t), 'a.yaml')
  await writeFile(file, 'docker: { endpoint: [tcp://a:1, tcp://b:1] }\n')
  const { code, stderr } = await cli(['watch', '-c', file])
  assert.match(stderr, /say which with --docker \(tcp:\/\/a:1, tcp:\/\/b:1\)/)
  assert.equal(code, 2)
})
