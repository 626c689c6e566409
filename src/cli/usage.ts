import type { Command } from 'commander'
import { AuditorError } from '../model/errors.ts'

/** Wrong usage that only an action can see. */
export const wrongUsage = (message: string): AuditorError => new AuditorError('usage', message)

/** Whether a word of the command line is a sink URI rather than a command, a file or a filter. */
export const looksLikeUri = (word: string): boolean => /^[a-z][a-z0-9+.-]*:/i.test(word)

/**
 * Commander's complaint as one line that ends with where to look:
 * `auditor: unknown option '--limt', did you mean --limit? See: auditor events --help`
 */
export function complaint(text: string, command: Command): string {
  const line = text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s*\n\(Did you mean (one of )?([^?]*)\?\)/, ', did you mean $1$2?')
    .replace(' is invalid. Allowed', ' is invalid: allowed')
    .replace(' is invalid. ', ' is invalid: ')
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '')
  return `auditor: ${line}${line.endsWith('?') ? '' : '.'} See: ${pathOf(command)} --help\n`
}

function pathOf(command: Command): string {
  const above = command.parent
  return above === null ? command.name() : `${pathOf(above)} ${command.name()}`
}
