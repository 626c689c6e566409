import { formatConfigError } from '../../config/config-error.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { checkFor } from '../settings.ts'
import { looksLikeUri } from '../usage.ts'

export const registerValidate: RegisterCommand = (program, context) => {
  program
    .command('validate')
    .summary('check the configuration')
    .description(
      'Checks the configuration with the environment as it is, without connecting to anything: ' +
        'every mistake is told at once, with its place. Exit 3 where there is one.',
    )
    .argument('[file]', 'configuration file (default: the one `run` would read)')
    .argument('[uri...]', 'sinks to check with it')
    .addHelpText(
      'after',
      `
Examples:
  $ auditor validate
  $ auditor validate /etc/auditor/auditor.yaml
  $ auditor validate 'elastic+https://es:9200?batch=1000'`,
    )
    .action((file: string | undefined, uris: string[]) =>
      file !== undefined && looksLikeUri(file)
        ? validate(context, undefined, [file, ...uris])
        : validate(context, file, uris),
    )
}

function validate(
  context: CommandContext,
  file: string | undefined,
  uris: readonly string[],
): void {
  const { stdout, stderr } = context.terminal
  const { loaded, file: read } = checkFor(context, file === undefined ? {} : { config: file }, uris)
  if ('errors' in loaded) {
    for (const error of loaded.errors) stderr.write(`${formatConfigError(error)}\n`)
    stderr.write(`${loaded.errors.length} ${loaded.errors.length === 1 ? 'mistake' : 'mistakes'}\n`)
    context.exitWith(exitCodes.configInvalid)
    return
  }
  const { sinks } = loaded.settings
  const names = sinks
    .map(({ name, kind }) => (name === kind ? name : `${name} (${kind})`))
    .join(', ')
  stdout.write(
    `${read ?? 'no configuration file'}: valid; sinks: ${names === '' ? 'none' : names}\n`,
  )
}
