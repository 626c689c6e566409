import { Command, CommanderError } from 'commander'
import { systemClock } from '../actors/clock.ts'
import { AuditorError, asError } from '../model/errors.ts'
import type { CommandContext, RegisterCommand } from './command.ts'
import { commands } from './commands.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { watchSignals } from './signals.ts'
import type { Terminal } from './streams.ts'
import { version } from './version.ts'

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

/** The command line's tree, for running and for completion and docs. */
export function createProgram(
  context: CommandContext,
  register: readonly RegisterCommand[] = commands,
): Command {
  const program = new Command('auditor')
    .description(description)
    .addHelpText('after', examples)
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help; also: auditor COMMAND --help')
    .showSuggestionAfterError()
    .showHelpAfterError('(auditor --help shows what there is)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.terminal.stdout.write(text),
      writeErr: (text) => void context.terminal.stderr.write(text),
    })
  for (const add of register) add(program, context)
  for (const command of program.commands) inherit(command)
  return program
}

/** Subcommands take over how the program exits and prints. */
function inherit(command: Command): void {
  command.showSuggestionAfterError().exitOverride()
  for (const child of command.commands) {
    child.copyInheritedSettings(command)
    inherit(child)
  }
}

/** Runs one command line; resolves with the exit code. Never throws, never exits the process. */
export async function main(
  args: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<number> {
  let code: number = exitCodes.done
  const signals = watchSignals()
  // A reader that goes away (`| head`) ends what is written to it, not the process.
  for (const stream of [terminal.stdout, terminal.stderr]) stream.on('error', () => undefined)
  const context: CommandContext = {
    terminal,
    clock: systemClock,
    signal: signals.signal,
    exitWith: (wanted) => (code = wanted),
  }
  try {
    await createProgram(context).parseAsync(withDefaultCommand(args), { from: 'user' })
    return code
  } catch (thrown) {
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
  // Not an error we know: a bug, whose place is worth more than brevity.
  stderr.write(`auditor: ${error.stack ?? error.message}\n`)
  return exitCodes.failed
}

/** `auditor`, `auditor --filter x` and `auditor logstash://` are `auditor run ...`. */
export function withDefaultCommand(args: readonly string[]): readonly string[] {
  const [first] = args
  if (first === undefined) return ['run']
  if (['-h', '--help', '-V', '--version'].includes(first)) return args
  if (first.startsWith('-') || /^[a-z][a-z0-9+.-]*:/i.test(first)) return ['run', ...args]
  return args
}

function processTerminal(): Terminal {
  const { stdout, stderr, stdin, env } = process
  return { stdout, stderr, stdin, environment: env }
}
