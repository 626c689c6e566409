import { printSettings } from '../../config/explain.ts'
import { jsonSchema } from '../../config/schema.ts'
import { sinkKinds } from '../../sinks/kinds.ts'
import type { RegisterCommand } from '../command.ts'
import { loadFor, settingsOptions, type SettingsOptions } from '../settings.ts'

export const registerConfig: RegisterCommand = (program, context) => {
  const group = program
    .command('config')
    .summary('print the settings in force, or their schema')
    .description('The settings in force, and the schema of the configuration file.')
  settingsOptions(
    group
      .command('print')
      .description('What `run` would run with, and where each value comes from.'),
  )
    .argument('[uri...]', 'sinks')
    .action((uris: string[], options: SettingsOptions) => {
      const { origins } = loadFor(context, options, uris)
      context.terminal.stdout.write(printSettings(origins))
    })
  group
    .command('schema')
    .description('JSON Schema of the configuration file, for editors.')
    .action(() => {
      context.terminal.stdout.write(`${JSON.stringify(jsonSchema(sinkKinds), undefined, 2)}\n`)
    })
}
