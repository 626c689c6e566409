import { PassThrough, Readable } from 'node:stream'
import type { Argument, Command, Option } from 'commander'
import { systemClock } from '../../src/actors/clock.ts'
import { commandsFor } from '../../src/cli/commands.ts'
import { createProgram } from '../../src/cli/program.ts'
import { pageOf, row, table, type Page } from './page.ts'

/** docs/cli.md: commands and options come from the program itself. */
export async function cliPage(): Promise<Page> {
  const program = createProgram(
    {
      terminal: {
        stdout: new PassThrough(),
        stderr: new PassThrough(),
        stdin: Readable.from([]),
        environment: {},
      },
      clock: systemClock,
      signal: new AbortController().signal,
      exitWith: () => undefined,
    },
    await commandsFor(),
  )
  const commands = program.commands.flatMap((command) => sections(command, ['auditor']))
  return pageOf('cli.md', { commands: commands.join('\n\n') })
}

function sections(command: Command, above: readonly string[]): readonly string[] {
  const path = [...above, command.name()]
  const heading = `${'#'.repeat(above.length + 2)} ${path.slice(1).join(' ')}`
  const usage = [...path, ...command.registeredArguments.map(argumentText)].join(' ')
  const own = [
    heading,
    command.description(),
    ...(command.commands.length > 0 ? [] : [`\`\`\`\n${usage}${optionsHint(command)}\n\`\`\``]),
    ...parameters(command),
    ...examples(command),
  ]
  return [own.join('\n\n'), ...command.commands.flatMap((child) => sections(child, path))]
}

const optionsHint = ({ options }: Command): string => (options.length === 0 ? '' : ' [options]')

function argumentText(argument: Argument): string {
  const name = `${argument.name().toUpperCase()}${argument.variadic ? '...' : ''}`
  return argument.required ? name : `[${name}]`
}

function parameters({ registeredArguments, options }: Command): readonly string[] {
  const rows = [
    ...registeredArguments.map((argument) => row(argumentText(argument), argument.description)),
    ...options
      .filter(({ hidden }) => !hidden)
      .map((option) => row(option.flags, optionText(option))),
  ]
  return rows.length === 0 ? [] : [table(['', ''], rows)]
}

function optionText({ description, argChoices, defaultValue, defaultValueDescription }: Option) {
  const choices = argChoices === undefined ? '' : `: ${argChoices.join(', ')}`
  const shown = defaultValueDescription ?? (defaultValue as string | number | undefined)
  const usual = shown === undefined ? '' : ` (default: ${shown})`
  return `${description}${choices}${usual}`
}

/** The examples of the help, which commander keeps to itself until it prints. */
function examples(command: Command): readonly string[] {
  let printed = ''
  command.configureOutput({ writeOut: (text) => (printed += text) })
  command.outputHelp()
  const [, text] = printed.split('\nExamples:\n')
  if (text === undefined) return []
  return [`\`\`\`\n${text.trimEnd().replaceAll(/^ {2}/gm, '')}\n\`\`\``]
}
