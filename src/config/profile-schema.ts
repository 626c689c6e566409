import { z, type infer as Infer } from 'zod'
import { asError } from '../model/errors.ts'
import { expected, flag, integer, text } from './option-types.ts'
import { parseTagTemplate } from './tag-template.ts'

const names = ['auditor-2015', 'registrator-7'] as const

export type ProfileName = (typeof names)[number]

const seconds = () => integer({ min: 0, max: 2_000_000 }).prefault(0)

/** Names, units and defaults are those of the old programs' flags. */
const shape = {
  name: z
    .enum(names, expected(names.join(' or ')))
    .optional()
    .describe(
      'Whose documents are made beside the records: auditor-2015 or registrator-7; default none (see profiles.md)',
    ),
  ip: text().prefault('').describe('Address of published ports, instead of where they are bound'),
  internal: flag().prefault(false).describe("The container's own address and ports"),
  tags: text().prefault('').describe('Tags for all services, with commas between them'),
  resync: seconds().describe('Every service is told again after so many seconds; 0: never'),
  ttl: seconds().describe('TTL of the services, in seconds; needs ttlRefresh'),
  ttlRefresh: seconds().describe('Less than ttl, in seconds'),
  deregister: z
    .enum(['always', 'on-success'], expected('always or on-success'))
    .prefault('always')
    .describe('Whether the end of a container that failed is told: always, or on-success: not'),
  explicit: flag()
    .prefault(false)
    .describe('Only services that SERVICE_NAME names (registrator-7)'),
  useIpFromLabel: text()
    .prefault('')
    .describe("Label that has a service's address (registrator-7)"),
  cleanup: flag()
    .prefault(false)
    .describe('At resync, end the services of containers that run no more (registrator-7)'),
  retryAttempts: integer({ min: -1, max: 1_000_000_000 })
    .prefault(-1)
    .describe('How often a sink that is away is tried again at the start; -1: for ever'),
  retryInterval: integer({ min: 1, max: 1_000_000_000 })
    .prefault(2000)
    .describe('Between two of these tries, in ms'),
} as const

export const profileSchema = z
  .strictObject(shape, expected('the name of a profile, or a mapping'))
  .superRefine((settings, context) => {
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message })
    const { name, ttl, ttlRefresh, tags } = settings
    for (const field of name === undefined ? onlyWithProfile(settings) : []) {
      complain(field, `is for profiles only: choose one with --profile ${names.join(' or ')}`)
    }
    for (const field of name === 'auditor-2015' ? onlyRegistrator(settings) : []) {
      complain(field, 'auditor-2015 had no such option: it is of registrator-7')
    }
    if ((ttl === 0) !== (ttlRefresh === 0)) complain('ttl', 'ttl and ttlRefresh go together')
    else if (ttl > 0 && ttl <= ttlRefresh) complain('ttl', 'must be more than ttlRefresh')
    if (name !== 'registrator-7') return
    try {
      parseTagTemplate(tags)
    } catch (error) {
      complain('tags', asError(error).message)
    }
  })

export type ProfileSettings = Infer<typeof profileSchema>

/** `explicit` has a meaning without a profile, too: the flag `-explicit` is ours then. */
function onlyWithProfile(settings: ProfileSettings): readonly string[] {
  return changed(settings).filter((field) => field !== 'explicit')
}

const REGISTRATOR = new Set(['explicit', 'useIpFromLabel', 'cleanup'])

function onlyRegistrator(settings: ProfileSettings): readonly string[] {
  return changed(settings).filter((field) => REGISTRATOR.has(field))
}

/** Options that have another value than their default. */
function changed(settings: ProfileSettings): readonly string[] {
  const { name: _name, ...options } = settings
  return (Object.keys(options) as (keyof typeof options)[]).filter(
    (field) => options[field] !== shape[field].parse(undefined),
  )
}
