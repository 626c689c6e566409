import { z } from 'zod'
import { expected, text } from '../../config/option-types.ts'
import { alertSinkOptions, giveUpOption } from '../alert-options.ts'

const wanted = expected('a program and its arguments, such as [/usr/local/bin/page, --quiet]')

/** A text is a program without arguments: nobody takes it apart, as a shell would. */
const command = z
  .union([z.string(), z.array(text())], wanted)
  .superRefine((given, context) => {
    const complain = (message: string): void => context.addIssue({ code: 'custom', message })
    if (given.length === 0) return complain(wanted.error({ input: given }))
    const program = typeof given === 'string' ? given : given[0]!
    if (typeof given === 'string' && /\s/.test(given))
      complain('arguments make a list, there is no shell: [/path/of/program, argument, ...]')
    else if (!program.startsWith('/'))
      complain(`expected the absolute path of a program, got ${JSON.stringify(program)}`)
    if ([given].flat().some((word) => word.includes('\0')))
      complain('neither a path nor an argument can hold NUL')
  })
  .transform((given) => [given].flat())
  .describe('The program, by its absolute path, and its arguments; there is no shell')

export const execOptions = z.strictObject({
  ...alertSinkOptions(1),
  command,
  giveUp: giveUpOption(),
})
