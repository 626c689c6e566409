import { Command } from 'commander'
import { systemClock } from '../../src/actors/clock.ts'
import type { CommandContext } from '../../src/cli/command.ts'
import { commandsFor } from '../../src/cli/commands.ts'
import { withOldFlags } from '../../src/cli/profile-flags.ts'
import { createProgram, withDefaultCommand } from '../../src/cli/program.ts'
import { createTerminal } from './terminal.ts'

export const idleContext: CommandContext = {
  terminal: createTerminal(),
  clock: systemClock,
  signal: new AbortController().signal,
  exitWith: () => undefined,
}

/** The whole command line, for looking at. */
export const tree: Command = createProgram(idleContext, await commandsFor())

/** The command that the first words name, and the words after them. */
export function find(
  words: readonly string[],
  command: Command = tree,
): readonly [Command, readonly string[]] {
  const child = command.commands.find((each) => each.name() === words[0])
  return child === undefined ? [command, words] : find(words.slice(1), child)
}

/** Why `auditor LINE` is no command line; `undefined` where it is one. Blanks in quotes don't count. */
export function wrongWith(line: string): string | undefined {
  const quoted = line.match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? []
  const words = quoted.map((word) => word.replaceAll(/^(['"])([^]*)\1$/g, '$2'))
  const [command, rest] = find(withOldFlags(withDefaultCommand(words)))
  if (command === tree && !rest.some((word) => /^--?(help|version|[hV])$/.test(word)))
    return `no such command: ${words[0]}`
  const options = rest.filter((word) => /^--?[a-z]/i.test(word))
  const unknown = options.find(
    (word) =>
      !command.options.some(({ long, short }) => [long, short].includes(word.split('=')[0])),
  )
  return unknown === undefined || ['--help', '-h'].includes(unknown)
    ? undefined
    : `no such option of ${command.name()}: ${unknown}`
}
