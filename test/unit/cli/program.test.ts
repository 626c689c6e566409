import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Command } from 'commander'
import { commandsFor } from '../../../src/cli/commands.ts'
import { withDefaultCommand } from '../../../src/cli/program.ts'
import { looksLikeUri } from '../../../src/cli/usage.ts'
import { cli } from '../../support/cli.ts'
import { find, idleContext, tree, wrongWith } from '../../support/command-tree.ts'

test('without a command it is run; sinks and dead-letters list', () => {
  for (const [given, meant] of [
    ['', 'run'],
    ['logstash://', 'run logstash://'],
    ['elastic: file:/a', 'run elastic: file:/a'],
    ['--filter x', 'run --filter x'],
    ['-c f.yaml', 'run -c f.yaml'],
    ['run logstash://', 'run logstash://'],
    ['events a:b', 'events a:b'],
    ['--help', '--help'],
    ['-V', '-V'],
    ['sinks', 'sinks list'],
    ['sinks -o json', 'sinks list -o json'],
    ['sinks --help', 'sinks --help'],
    ['sinks drain', 'sinks drain'],
    ['dead-letters --data d', 'dead-letters list --data d'],
    ['dead-letters drop x', 'dead-letters drop x'],
  ] as const) {
    const args = given.split(' ').filter((word) => word !== '')
    assert.deepEqual(withDefaultCommand(args), meant.split(' '), given)
  }
})

test('a scheme and a colon make a URI; a path, a name and a filter do not', () => {
  for (const uri of ['logstash:', 'elastic+https://es', 'file:a', 'STDOUT:'])
    assert.ok(looksLikeUri(uri), uri)
  for (const other of ['events', './a:b', '/a', 'a.yaml', '-x']) assert.ok(!looksLikeUri(other))
})

const namesOf = (command: Command, above: readonly string[] = []): string[][] =>
  command.commands.flatMap((each) => [
    [...above, each.name()],
    ...namesOf(each, [...above, each.name()]),
  ])

test('every command has help on stdout that fits a terminal', async () => {
  for (const name of [[], ...namesOf(tree)]) {
    const { code, stdout, stderr } = await cli([...name, '--help'])
    assert.deepEqual([code, stderr], [0, ''], name.join(' '))
    assert.match(stdout, new RegExp(`^Usage: auditor ${name.join(' ')}`))
    const [described = ''] = stdout.split('\nExamples:')
    for (const line of described.split('\n')) assert.ok(line.length <= 90, line)
    assert.doesNotMatch(stdout, /default: null/)
  }
})

test('every command, argument and option is described', () => {
  for (const name of namesOf(tree)) {
    const [command] = find(name)
    assert.notEqual(command.description(), '', command.name())
    assert.doesNotMatch(command.description(), /\n/, `${command.name()}: lines are wrapped`)
    for (const { description, flags } of command.options) assert.notEqual(description, '', flags)
    for (const argument of command.registeredArguments)
      assert.notEqual(argument.description, '', `${command.name()} ${argument.name()}`)
  }
})

test('the examples of the help name commands and options that exist', async () => {
  let seen = 0
  for (const name of [[], ...namesOf(tree)]) {
    const { stdout } = await cli([...name, '--help'])
    for (const [, example = ''] of stdout.matchAll(/^ {2}\$ (?:\w+=\S+ )?auditor (.*)$/gm)) {
      const line = example.replace(/ {2,}.*| \|.*/, '')
      assert.equal(wrongWith(line), undefined, line)
      seen += 1
    }
  }
  assert.ok(seen > 15, `${seen} examples`)
})

test('a command is the same, loaded alone or with the others', async () => {
  for (const command of tree.commands) {
    const [register, ...more] = await commandsFor(command.name())
    assert.equal(more.length, 0)
    const alone = new Command()
    register!(alone, idleContext)
    assert.deepEqual(
      alone.commands.map((each) => each.name()),
      [command.name()],
    )
  }
})

test('version', async () => {
  const { stdout } = await cli(['version'])
  assert.match(stdout, /^auditor \d+\.\d+\.\d+ \(Node \d+.*, SQLite \d+/)
  const parsed = JSON.parse((await cli(['version', '--json'])).stdout) as { auditor: string }
  assert.equal((await cli(['--version'])).stdout, `${parsed.auditor}\n`)
})
