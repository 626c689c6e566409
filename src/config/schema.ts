import { z } from 'zod'
import { alertRules, BUILT_IN_RULES } from './alert-rules.ts'
import { parseAddress } from './address.ts'
import type { SinkDeclaration } from './option-declaration.ts'
import { bytes, durationMs, expected, flag, integer, text, textList } from './option-types.ts'
import { profileSchema } from './profile-schema.ts'
import { SINK_NAME } from './sink-name.ts'

/** Everything that can be set, beside the sinks. Names, defaults and descriptions: docs/configuration.md. */
const fixedShape = {
  version: z
    .literal([1, '1'], expected('1, the version of this file format'))
    .optional()
    .describe('Version of the file format: 1'),
  data: text()
    .optional()
    .describe(
      'Directory of the journal; default /var/lib/auditor if writable, else ~/.local/state/auditor',
    ),
  docker: z
    .strictObject(
      {
        endpoint: textList()
          .prefault([])
          .describe(
            'One or several engines: unix:///path, tcp://host:2375, ssh://host; default as DOCKER_HOST says, else the usual sockets',
          ),
        metrics: textList()
          .superRefine(checkMetrics)
          .prefault([])
          .describe(
            "Where the engines' metrics are served, in the order of the endpoints: http://127.0.0.1:9323/metrics; with them gaps are counted (see gaps.md)",
          ),
        silenceTimeout: durationMs({ min: '1s', max: '1d' })
          .prefault('5m')
          .describe('After so long without an event the engine is asked whether it is still there'),
      },
      expected('an endpoint, a list of them, or a mapping'),
    )
    .superRefine(({ endpoint, metrics }, context) => {
      if (metrics.length <= Math.max(1, endpoint.length)) return
      const message = 'there are more of them than endpoints, to which they belong in their order'
      context.addIssue({ code: 'custom', path: ['metrics'], message })
    })
    .prefault({})
    .describe('The engines to record; a text or a list stands for endpoint'),
  filter: text()
    .prefault('')
    .describe('Only events that match are recorded (see filter.md); default all'),
  explicit: flag()
    .prefault(false)
    .describe('Record only containers that ask for it by the label auditor.enable=true'),
  healthChecks: z
    .enum(['count', 'record'], expected('count or record'))
    .prefault('count')
    .describe(
      "What becomes of the exec events of containers' own health checks: counted only, or recorded",
    ),
  posture: flag()
    .prefault(true)
    .describe(
      'Tell of each container, once, what auditors ask about in how it is run (see findings.md)',
    ),
  redact: textList()
    .superRefine(checkPatterns)
    .prefault([])
    .describe(
      'More secrets to hide, beside the built-in rules: regular expressions (JavaScript, upper and lower case alike)',
    ),
  profile: profileSchema
    .prefault({})
    .describe('For who used auditor of 2015 or Registrator; a text stands for name'),
  alerts: alertRules
    .prefault(BUILT_IN_RULES.map(({ name }) => name))
    .describe(
      'Rules of what people are told of (see alerts.md): a list of { name, when, by, cooldown } and of names of built-in ones; off for none',
    ),
  allowCommands: flag()
    .prefault(false)
    .describe('Whether sinks may run programs on this machine (exec:); refused otherwise'),
  retention: z
    .strictObject(
      {
        age: durationMs({ min: '1m' }).prefault('90d').describe('Older entries are pruned'),
        size: bytes({ min: '16MiB' })
          .prefault('2GiB')
          .describe('Largest journal; beyond it the oldest entries are pruned'),
      },
      expected('a mapping'),
    )
    .prefault({})
    .describe('How long entries are kept'),
  anchors: z
    .strictObject(
      {
        entries: integer({ min: 100, max: 10_000_000 })
          .prefault(10_000)
          .describe('An anchor is set after so many entries'),
        every: durationMs({ min: '10s', max: '1d' })
          .prefault('15m')
          .describe('And after so long, where something was recorded since the last one'),
      },
      expected('a mapping'),
    )
    .prefault({})
    .describe('How often the sinks get a marker that proves the journal up to it (see verify.md)'),
  enrich: z
    .strictObject(
      {
        timeout: durationMs({ min: '10ms', max: '1m' })
          .prefault('2s')
          .describe('Deadline for learning what a container is; then its record goes on without'),
        concurrency: integer({ min: 1, max: 64 })
          .prefault(8)
          .describe('How many containers are asked about at once'),
      },
      expected('a mapping'),
    )
    .prefault({})
    .describe('How records get the facts of their containers'),
  listen: text()
    .transform((value, context) => {
      if (value === 'off' || value === 'false') return 'off' as const
      const address = parseAddress(value)
      if (address !== undefined) return address
      const wanted = expected('HOST:PORT (port 0 to 65535), such as 127.0.0.1:7410, or off')
      context.addIssue({ code: 'custom', message: wanted.error({ input: value }) })
      return z.NEVER
    })
    .prefault('127.0.0.1:7410')
    .describe('Address of health, metrics and the page; off for none'),
  log: z
    .strictObject(
      {
        level: z
          .enum(
            ['debug', 'info', 'warn', 'error', 'silent'],
            expected('debug, info, warn, error or silent'),
          )
          .prefault('info')
          .describe('The least important messages that are shown'),
        format: z
          .enum(['auto', 'json', 'pretty'], expected('auto, json or pretty'))
          .prefault('auto')
          .describe('auto is pretty on a terminal and JSON elsewhere'),
      },
      expected('a mapping'),
    )
    .prefault({})
    .describe('What Auditor says of itself, on standard error'),
} as const

/** The settings without the sinks, as the program uses them: durations in ms, sizes in bytes. */
export type FixedSettings = z.output<z.ZodObject<typeof fixedShape>>

/**
 * The schema of the whole configuration, with the options of these kinds of sinks. The short forms
 * of `docker` and of sinks (a URI) are resolved before it is asked.
 */
export function settingsSchema(kinds: readonly SinkDeclaration[]) {
  return z.strictObject({ ...fixedShape, sinks: sinksSchema(kinds) })
}

function sinksSchema(kinds: readonly SinkDeclaration[]) {
  const [first, ...rest] = kinds.map(sinkSchema)
  const options = { error: 'expected a mapping with the options of the sink, or its URI' }
  const sink =
    first === undefined ? z.never() : z.discriminatedUnion('type', [first, ...rest], options)
  return z
    .record(z.string().regex(SINK_NAME), sink, { error: 'expected a mapping of sinks by name' })
    .prefault({})
    .describe('Where entries are delivered to, by name')
}

function sinkSchema({ kind, summary, options }: SinkDeclaration) {
  return options
    .safeExtend({ type: z.literal(kind).describe('The kind of sink') })
    .strict()
    .describe(summary)
}

interface Complaints {
  addIssue(issue: { code: 'custom'; path: (string | number)[]; message: string }): void
}

function checkMetrics(urls: readonly string[], context: Complaints): void {
  const wanted = expected('a web address without a password, such as http://127.0.0.1:9323/metrics')
  for (const [index, input] of urls.entries()) {
    const url = URL.parse(input)
    const isWeb = url !== null && /^https?:$/.test(url.protocol)
    if (isWeb && url.username === '' && url.password === '') continue
    context.addIssue({ code: 'custom', path: [index], message: wanted.error({ input }) })
  }
}

function checkPatterns(patterns: readonly string[], context: Complaints): void {
  for (const [index, pattern] of patterns.entries()) {
    try {
      void new RegExp(pattern, 'iu')
    } catch (error) {
      const message = `not a regular expression: ${String(error).replace(/^.*\/iu?: /, '')}`
      context.addIssue({ code: 'custom', path: [index], message })
    }
  }
}

/** The JSON Schema of the configuration file, with the short forms, for editors. */
export function jsonSchema(kinds: readonly SinkDeclaration[]): object {
  const schema = z.toJSONSchema(settingsSchema(kinds), { io: 'input' })
  const properties = schema.properties as { [name: string]: z.core.JSONSchema.BaseSchema }
  const { docker, sinks } = properties
  if (docker === undefined || sinks === undefined) return schema
  const { description, default: _, ...group } = docker
  properties['docker'] = {
    ...(description === undefined ? {} : { description }),
    anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }, group],
  }
  const { profile } = properties
  if (profile !== undefined) {
    const { description: about, default: _none, ...mapping } = profile
    properties['profile'] = {
      ...(about === undefined ? {} : { description: about }),
      anyOf: [{ type: 'string' }, mapping],
    }
  }
  const sink = sinks.additionalProperties
  if (typeof sink === 'object')
    sinks.additionalProperties = { anyOf: [{ type: 'string', description: 'A sink URI' }, sink] }
  return { title: 'Configuration of Auditor', ...schema }
}
