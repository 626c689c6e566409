import { Command, CommanderError } from 'commander'
import { systemClock } from '../actors/clock.ts'
import { maskUri } from '../config/mask.ts'
import { AuditorError, asError } from '../model/errors.ts'
import type { CommandContext, RegisterCommand } from './command.ts'
import { commandsFor } from './commands.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { optimize } from './optimize.ts'
import { withOldFlags } from './profile-flags.ts'
import { watchSignals } from './signals.ts'
import type { Terminal } from './streams.ts'
import { complaint, looksLikeUri } from './usage.ts'
import { version } from '../model/version.ts'

const description =
  'A flight recorder for containers: keeps what a Docker engine tells in a durable\nlocal journal and delivers it to any number of sinks, through outages.'

const examples = `
Examples:
  $ auditor                                  record, keep, and wait for Docker if it is away
  $ auditor logstash://                      record and deliver to 127.0.0.1:5959
  $ auditor run elastic: file:///var/log/docker.ndjson
  $ auditor watch 'action:die OR action:oom'
  $ auditor events 'name:web*' --since 2h -o ndjson
Without a command, or with a sink URI as the first argument, it is \`auditor run\`.`

/** Columns of the help where the terminal does not say. */
const HELP_WIDTH = 90

/** The command line's tree, for running and for completion and docs. */
export function createProgram(
  context: CommandContext,
  register: readonly RegisterCommand[],
): Command {
  const program = new Command('auditor')
    .description(description)
    .addHelpText('after', examples)
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help; also: auditor COMMAND --help')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.terminal.stdout.write(text),
      writeErr: (text) => void context.terminal.stderr.write(text),
      getOutHelpWidth: () => context.terminal.stdout.columns ?? HELP_WIDTH,
      getErrHelpWidth: () => context.terminal.stderr.columns ?? HELP_WIDTH,
    })
  for (const add of register) add(program, context)
  settle(program)
  return program
}

/** All commands exit and print as the program does, and complain under their own name. */
function settle(command: Command): void {
  command.showSuggestionAfterError().configureOutput({
    outputError: (text, print) => print(complaint(text, command)),
  })
  for (const child of command.commands) {
    child.copyInheritedSettings(command)
    settle(child)
  }
}

/** Runs one command line; resolves with the exit code. Never throws, never exits the process. */
export async function main(
  args: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<number> {
  let code: number = exitCodes.done
  const signals = watchSignals(systemClock)
  // A reader that goes away (`| head`) ends what is written to it, not the process.
  for (const stream of [terminal.stdout, terminal.stderr]) stream.on('error', () => undefined)
  const context: CommandContext = {
    terminal,
    clock: systemClock,
    signal: signals.signal,
    exitWith: (wanted) => (code = wanted),
  }
  try {
    const words = withDefaultCommand(args)
    const program = createProgram(context, await commandsFor(words[0]))
    if (words[0] !== 'run') optimize() // it has work at once, and ends then
    await program.parseAsync(withOldFlags(words), { from: 'user' })
    return code
  } catch (thrown) {
    // Ended by hand before it was done, and nobody has to be told why.
    if (signals.signal.aborted && thrown === signals.signal.reason) return signals.exitCode
    return failure(thrown, terminal)
  } finally {
    signals.dispose()
  }
}

function failure(thrown: unknown, { stderr }: Terminal): number {
  if (thrown instanceof CommanderError) {
    return thrown.exitCode === 0 ? exitCodes.done : exitCodes.usage
  }
  if (thrown instanceof AuditorError) {
    stderr.write(`auditor: ${thrown.message}\n`)
    return exitCodeOf(thrown.code)
  }
  const error = asError(thrown)
  // What the system refused has its place in its message; anything else is a bug, where the place
  // in the code is worth more than brevity.
  const told = 'syscall' in error ? error.message : `a bug: ${error.stack ?? error.message}`
  stderr.write(`auditor: ${maskUri(told)}\n`)
  return exitCodes.failed
}

const HELP = new Set(['-h', '--help', '-V', '--version'])
/** Commands of commands; without one they list. */
const LISTING = new Set(['sinks', 'dead-letters'])

/**
 * `auditor`, `auditor --filter x` and `auditor logstash://` are `auditor run ...`; `auditor sinks` and
 * `auditor dead-letters` are their `list`.
 */
export function withDefaultCommand(args: readonly string[]): readonly string[] {
  const [first, ...rest] = args
  if (first === undefined) return ['run']
  if (HELP.has(first)) return args
  if (first.startsWith('-') || looksLikeUri(first)) return ['run', ...args]
  if (!LISTING.has(first)) return args
  const [second] = rest
  const named = second !== undefined && (!second.startsWith('-') || HELP.has(second))
  return named ? args : [first, 'list', ...rest]
}

function processTerminal(): Terminal {
  const { stdout, stderr, stdin, env } = process
  return { stdout, stderr, stdin, environment: env }
}
