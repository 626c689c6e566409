import { Option, type Command } from 'commander'
import type { JournalOptions } from './journal-access.ts'
import { outputFormats, type OutputFormat } from './output.ts'

/** Of a command that lists what a journal holds. */
export interface ListOptions extends JournalOptions {
  readonly output: OutputFormat
}

/** Which journal a command is about. */
export const journalOptions = (command: Command): Command =>
  command
    .option('--data <dir>', 'where the journal is')
    .option('-c, --config <file>', 'configuration file')

/** And how it prints its rows. */
export const listOptions = (command: Command): Command =>
  journalOptions(command).addOption(
    new Option('-o, --output <format>', 'how to print').choices(outputFormats).default('table'),
  )
