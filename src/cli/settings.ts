import type { Command } from 'commander'
import type { FlagSetting } from '../config/load.ts'
import { loadFromDisk, settingsFromDisk, type DiskSources } from '../config/settings-from-disk.ts'
import { readFilter } from '../filter/compile.ts'
import { ENTRIES } from '../filter/entries.ts'
import { sinkKinds } from '../sinks/kinds.ts'
import type { CommandContext } from './command.ts'
import { several } from './option-types.ts'
import { profileFlagsOf, profileOptions, type ProfileOptions } from './profile-flags.ts'

/** Flags that stand for settings; a command takes those that matter to it. */
export interface SettingsOptions extends ProfileOptions {
  readonly config?: string
  readonly data?: string
  readonly docker?: readonly string[]
  readonly listen?: string
  readonly filter?: string
  readonly explicit?: boolean
  readonly healthChecks?: string
  readonly logLevel?: string
  readonly logFormat?: string
}

/** All flags of `run`, described where people look for them. */
export function settingsOptions(command: Command): Command {
  command
    .option(
      '-c, --config <file>',
      'configuration file (default: auditor.yaml, /etc/auditor/auditor.yaml)',
    )
    .option('--data <dir>', 'where the journal is kept (default: /var/lib/auditor if writable)')
    .option('--docker <url>', 'the engine; may be given several times', several)
    .option(
      '--listen <address>',
      'HOST:PORT for health and metrics, or off (default: 127.0.0.1:7410)',
    )
    .option('--filter <filter>', 'record only events that match (docs/filter.md)')
    .option('--explicit', 'record only containers with the label auditor.enable=true')
    .option('--health-checks <what>', "count or record execs of containers' health checks")
    .option('--log-level <level>', 'debug, info, warn, error or silent')
    .option('--log-format <format>', 'auto, json or pretty')
  return profileOptions(command)
}

function flagsOf(options: SettingsOptions): FlagSetting[] {
  const flag = (name: string, path: readonly string[], value: unknown): FlagSetting[] =>
    value === undefined ? [] : [{ flag: `--${name}`, path, value }]
  return [
    ...flag('data', ['data'], options.data),
    ...flag('docker', ['docker', 'endpoint'], options.docker),
    ...flag('listen', ['listen'], options.listen),
    ...flag('filter', ['filter'], options.filter),
    ...flag('explicit', ['explicit'], options.explicit),
    ...flag('health-checks', ['healthChecks'], options.healthChecks),
    ...flag('log-level', ['log', 'level'], options.logLevel),
    ...flag('log-format', ['log', 'format'], options.logFormat),
    ...profileFlagsOf(options),
  ]
}

function sourcesOf(
  { terminal }: CommandContext,
  options: SettingsOptions,
  uris: readonly string[],
): DiskSources {
  return {
    config: options.config,
    environment: terminal.environment,
    flags: flagsOf(options),
    uris,
    kinds: sinkKinds,
    checkFilter: (text) => {
      if (text.trim() === '') return undefined
      const parsed = readFilter(text, ENTRIES)
      return 'error' in parsed ? parsed.error : undefined
    },
  }
}

/**
 * The settings a command runs with.
 *
 * @throws AuditorError `config-invalid` with every mistake on a line of its own
 */
export function loadFor(
  context: CommandContext,
  options: SettingsOptions,
  uris: readonly string[] = [],
) {
  return settingsFromDisk(sourcesOf(context, options, uris))
}

/** The same with the mistakes as values, for `validate`. */
export function checkFor(
  context: CommandContext,
  options: SettingsOptions,
  uris: readonly string[] = [],
) {
  return loadFromDisk(sourcesOf(context, options, uris))
}
