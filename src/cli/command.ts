import type { Command } from 'commander'
import type { Clock } from '../actors/clock.ts'
import type { Terminal } from './streams.ts'

/** What every command is given. */
export interface CommandContext {
  readonly terminal: Terminal
  readonly clock: Clock
  /** Aborted at the first SIGINT or SIGTERM; a second one ends the process at once. */
  readonly signal: AbortSignal
  /** What the process exits with, where the command succeeds in more than one way. */
  exitWith(code: number): void
}

/** Adds one command to the program. One file a command. */
export type RegisterCommand = (program: Command, context: CommandContext) => void
