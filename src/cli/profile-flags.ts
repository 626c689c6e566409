import { Option, type Command } from 'commander'
import type { FlagSetting } from '../config/load.ts'

/** A flag of the old programs, which had one dash; the setting of its name is below `profile`. */
interface OldFlag {
  readonly name: string
  /** What it takes; without: yes or no. */
  readonly takes?: string
  readonly about: string
}

const flags: readonly OldFlag[] = [
  { name: 'ip', takes: 'address', about: 'address of published ports' },
  { name: 'internal', about: "containers' own addresses and ports" },
  { name: 'tags', takes: 'tags', about: 'tags for all services' },
  { name: 'resync', takes: 'seconds', about: 'tell every service again so often' },
  { name: 'ttl', takes: 'seconds', about: 'TTL of the services' },
  { name: 'ttl-refresh', takes: 'seconds', about: 'less than -ttl' },
  { name: 'deregister', takes: 'when', about: 'always or on-success' },
  { name: 'useIpFromLabel', takes: 'label', about: "label that has a service's address" },
  { name: 'cleanup', about: 'at resync, end services of containers that run no more' },
  { name: 'retry-attempts', takes: 'count', about: 'try a sink so often at the start, then exit' },
  { name: 'retry-interval', takes: 'ms', about: 'between two of these tries' },
]

/** With two dashes it is ours, with one that of the profile, or ours where there is none. */
const EXPLICIT: OldFlag = { name: 'explicit', about: '' }
const EXPLICIT_OPTION = 'profile-explicit'

/** As commander gives them, under the settings' names. */
export interface ProfileOptions {
  readonly profile?: string
  readonly profileExplicit?: string
  readonly ip?: string
  readonly internal?: string
  readonly tags?: string
  readonly resync?: string
  readonly ttl?: string
  readonly ttlRefresh?: string
  readonly deregister?: string
  readonly useIpFromLabel?: string
  readonly cleanup?: string
  readonly retryAttempts?: string
  readonly retryInterval?: string
}

/** `--profile` and the flags that go with it. */
export function profileOptions(command: Command): Command {
  command.addOption(
    new Option('--profile <name>', 'auditor-2015 or registrator-7 (docs/profiles.md)'),
  )
  for (const { name, takes, about } of flags) {
    const value = takes === undefined ? '[bool]' : `<${takes}>`
    const option = new Option(`--${name} ${value}`, `with a profile: ${about}`)
    command.addOption(option.helpGroup('Options of profiles, with one dash or two:'))
  }
  return command.addOption(
    new Option(`--${EXPLICIT_OPTION} [bool]`, 'what -explicit is put as').hideHelp(),
  )
}

export function profileFlagsOf(options: ProfileOptions): FlagSetting[] {
  const given = flags.map(({ name }): FlagSetting => {
    const field = name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
    return {
      flag: `-${name}`,
      path: ['profile', field],
      value: options[field as keyof ProfileOptions],
    }
  })
  return [
    { flag: '--profile', path: ['profile', 'name'], value: options.profile },
    { flag: '-explicit', path: ['profile', 'explicit'], value: options.profileExplicit },
    ...given,
  ].filter(({ value }) => value !== undefined)
}

/** The commands that take them. */
const COMMANDS = new Set(['run', 'doctor', 'config'])

/**
 * The flags as Go's programs took them, in the form of ours: `-ip 10.0.0.1`, `-ip=10.0.0.1`, `-internal`,
 * `-retry-attempts -1`; with two dashes they mean the same.
 */
export function withOldFlags(words: readonly string[]): readonly string[] {
  if (!COMMANDS.has(words[0] ?? '')) return words
  const result: string[] = []
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--') return [...result, word, ...rest]
    const [, dashes, name, , value] = /^(--?)([A-Za-z-]+)(=([^]*))?$/.exec(word) ?? []
    const known = [EXPLICIT, ...flags].find((flag) => flag.name === name)
    if (known === undefined || (known === EXPLICIT && dashes === '--')) {
      result.push(word)
      continue
    }
    const option = known === EXPLICIT ? EXPLICIT_OPTION : known.name
    const given = value ?? (known.takes === undefined ? 'true' : rest.shift())
    // Without its value it is left to the complaint about that.
    result.push(given === undefined ? `--${option}` : `--${option}=${given}`)
  }
  return result
}
