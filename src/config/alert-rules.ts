import { z } from 'zod'
import { didYouMean } from '../model/did-you-mean.ts'
import { durationMs, expected, text } from './option-types.ts'

/** What the matches of a rule may be grouped by. */
const GROUPINGS = [
  'lineage', 'container', 'image', 'project', 'service', 'engine', 'none',
] as const // prettier-ignore

/** A rule as people write it; durations as text. */
interface WrittenRule {
  readonly name: string
  readonly when: string
  readonly by?: (typeof GROUPINGS)[number]
}

/**
 * What everybody wants to know, and nothing that was asked for: no clean stop, restart, removal or
 * finished work. An agent that was away a while, as in its own update, may have missed something; that is
 * in the trail, and wakes nobody.
 */
export const BUILT_IN_RULES: readonly WrittenRule[] = [
  { name: 'oom', when: 'kind:life cause:oom' },
  { name: 'crashed', when: 'kind:life cause:crashed' },
  { name: 'start-failed', when: 'kind:life cause:start-failed' },
  { name: 'killed', when: 'kind:life cause:killed' },
  { name: 'restart-loop', when: 'finding:restart-loop' },
  { name: 'gap', when: 'kind:gap NOT (cause:agent-down certainty:possible)', by: 'engine' },
]

const rule = z.strictObject(
  {
    name: z
      .string(expected('a name'))
      .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/, {
        error:
          'expected up to 64 letters, digits, blanks, dots, dashes and underscores, with a letter or digit first',
      })
      .describe('How the rule is called in what it tells'),
    when: text().describe('Which entries it is about, in the filter language'),
    by: z
      .enum(GROUPINGS, expected(GROUPINGS.join(', ')))
      .prefault('lineage')
      .describe('What its matches are grouped by: each group has an alert of its own'),
    cooldown: durationMs({ min: '1s', max: '7d' })
      .prefault('5m')
      .describe(
        'An alert is told again after so long at the earliest, and is over when it was quiet for so long',
      ),
  },
  expected('a rule, { name, when }, or the name of a built-in one'),
)

/** A rule as the program uses it. */
export type AlertRule = z.output<typeof rule>

/** Most rules: each is asked of each entry. */
const MOST_RULES = 100

/** A list of rules and of names of built-in ones; as text: names, `off`, or the list as JSON. */
export const alertRules = z.preprocess(
  (value) => (typeof value === 'string' ? fromText(value) : value),
  z
    .array(
      z.preprocess(
        (item, context) => (typeof item === 'string' ? builtIn(item, context) : item),
        rule,
      ),
      expected('a list of rules, or off'),
    )
    .max(MOST_RULES, { error: `expected at most ${MOST_RULES} rules` })
    .superRefine((rules, context) => {
      const seen = new Set<string>()
      for (const [index, { name, when }] of rules.entries()) {
        const complain = (message: string, field: string): void =>
          context.addIssue({ code: 'custom', path: [index, field], message })
        if (seen.has(name)) complain(`there is another rule called "${name}"`, 'name')
        if (when.trim() === '') complain('a rule of everything would never be quiet', 'when')
        seen.add(name)
      }
    }),
)

function fromText(written: string): unknown {
  if (/^(?:off|false|none)$/i.test(written.trim())) return []
  if (!written.trimStart().startsWith('['))
    return written.split(/[\s,]+/).filter((part) => part !== '')
  try {
    return JSON.parse(written) as unknown
  } catch {
    return written // which is no list, and told so
  }
}

function builtIn(name: string, context: z.RefinementCtx): unknown {
  const found = BUILT_IN_RULES.find((each) => each.name === name)
  if (found !== undefined) return found
  const names = BUILT_IN_RULES.map((each) => each.name)
  const message = `no built-in rule is called ${JSON.stringify(name.slice(0, 64))}${didYouMean(name, names)} (there are ${names.join(', ')})`
  context.addIssue({ code: 'custom', message })
  return z.NEVER
}
