import { partsOf } from '../../agent/from-settings.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { dataDir } from '../data-dir.ts'
import {
  examineAddress,
  examineDirectory,
  examineEngine,
  examineMetrics,
  examineSink,
  ok,
  type Finding,
} from '../doctor-checks.ts'
import { exitCodes } from '../exit-codes.ts'
import { printableText } from '../output.ts'
import { loadFor, settingsOptions, type SettingsOptions } from '../settings.ts'
import { version } from '../../model/version.ts'

export const registerDoctor: RegisterCommand = (program, context) => {
  settingsOptions(program.command('doctor'))
    .summary('look for what would keep `run` from working')
    .description(
      'Looks at the engine, its clock, the data directory, the address and the sinks, as `run` would ' +
        'use them, and says what is wrong and what to do. Makes the data directory where it is ' +
        'missing. Exits with the code of the first thing that is wrong.',
    )
    .argument('[uri...]', 'sinks')
    .action((uris: string[], options: SettingsOptions) => examine(context, uris, options))
}

async function examine(
  context: CommandContext,
  uris: readonly string[],
  options: SettingsOptions,
): Promise<void> {
  const { terminal } = context
  const { settings, file } = loadFor(context, options, uris)
  const { engines, sinks = [] } = partsOf(settings, terminal.environment)
  const dir = dataDir(settings.data, terminal.environment)
  const checks: (readonly [subject: string, check: () => Finding | Promise<Finding>])[] = [
    ['auditor', () => ok(`${version} on Node ${process.versions.node}`)],
    ['configuration', () => ok(file ?? 'defaults, no file')],
    ...engines.map((engine) => ['docker', () => examineEngine(context, engine)] as const),
    ...engines
      .filter((engine) => engine.count !== undefined)
      .map((engine) => ['metrics', () => examineMetrics(context, engine)] as const),
    ['data', () => examineDirectory(dir)],
    ['address', () => examineAddress(context, settings.listen)],
    ...sinks.map(
      ({ sink }, at) =>
        [`sink ${sink.name}`, () => examineSink(context, sink, settings.sinks[at]!)] as const,
    ),
  ]
  const width = Math.max(...checks.map(([subject]) => subject.length))
  let exitCode: number | undefined
  for (const [subject, check] of checks) {
    context.signal.throwIfAborted()
    const { state, text, exitCode: wanted = exitCodes.failed } = await check()
    const sign = { ok: '✔', warning: '⚠', wrong: '✖' }[state]
    terminal.stdout.write(`${sign} ${subject.padEnd(width)}  ${printableText(text)}\n`)
    if (state === 'wrong') exitCode ??= wanted
  }
  if (exitCode !== undefined) context.exitWith(exitCode)
}
