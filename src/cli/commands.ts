import type { RegisterCommand } from './command.ts'
import { registerConfig } from './commands/config.ts'
import { registerDeadLetters } from './commands/dead-letters.ts'
import { registerDoctor } from './commands/doctor.ts'
import { registerEvents } from './commands/events.ts'
import { registerHealthcheck } from './commands/healthcheck.ts'
import { registerRecord } from './commands/record.ts'
import { registerReplay } from './commands/replay.ts'
import { registerRun } from './commands/run.ts'
import { registerSinks } from './commands/sinks.ts'
import { registerValidate } from './commands/validate.ts'
import { registerVersion } from './commands/version.ts'
import { registerWatch } from './commands/watch.ts'

/** Every command, in the order of the help. */
export const commands: readonly RegisterCommand[] = [
  registerRun,
  registerWatch,
  registerEvents,
  registerSinks,
  registerDeadLetters,
  registerRecord,
  registerReplay,
  registerValidate,
  registerConfig,
  registerDoctor,
  registerHealthcheck,
  registerVersion,
]
