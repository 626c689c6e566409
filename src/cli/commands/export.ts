import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { JournalView } from '../../journal/journal.ts'
import { AuditorError } from '../../model/errors.ts'
import { exportTrail, type Exported, type ExportRange } from '../../query/export-trail.ts'
import { seqBefore } from '../../query/places.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { openView, type JournalOptions } from '../journal-access.ts'
import { moment, wholeNumber } from '../option-types.ts'
import { createProgress } from '../progress.ts'
import { write } from '../streams.ts'
import { wrongUsage } from '../usage.ts'
import { journalOptions } from '../journal-options.ts'

interface Options extends JournalOptions {
  readonly after?: number
  readonly since?: string
  readonly until?: string
}

export const registerExport: RegisterCommand = (program, context) => {
  journalOptions(program.command('export'))
    .summary('write the trail into a file that can be verified')
    .description(
      'Writes the entries as they lie in the journal, with their places and hashes, one a line; the first ' +
        'and the last line say where the chain begins and ends (docs/verify.md). Verify it with: auditor ' +
        'verify --file FILE. No agent is needed, and none is disturbed.',
    )
    .argument(
      '[file]',
      'a new file, compressed where its name ends in .gz; default: standard output',
    )
    .option(
      '--after <seq>',
      'what comes after this entry, such as the last one of an earlier file',
      wholeNumber,
    )
    .option('--since <time>', 'from the first entry on that happened then or later: 2h, 2026-11-22')
    .option('--until <time>', 'up to the last entry that happened then or earlier')
    .addHelpText(
      'after',
      `
Examples:
  $ auditor export trail.ndjson.gz
  $ auditor export --since 2026-11-01 --until 2026-12-01 november.ndjson
  $ auditor export --after 12345 next.ndjson
  $ auditor export | auditor verify --file -`,
    )
    .action((file: string | undefined, options: Options) => run(context, file, options))
}

async function run(
  context: CommandContext,
  file: string | undefined,
  options: Options,
): Promise<void> {
  const { terminal, clock, signal } = context
  await using view = await openView(context, options)
  const range = await rangeOf(context, view, options)
  const progress = createProgress(terminal, clock, 'export', 'entries')
  let exported: Exported | undefined
  async function* lines(): AsyncGenerator<string> {
    const limits = {
      signal,
      onProgress: (done: number, total: number) => progress.update(done, total),
    }
    exported = yield* exportTrail(view, range, limits)
  }
  try {
    if (file === undefined) {
      for await (const line of lines()) if (!(await write(terminal.stdout, line))) return
    } else await writeFile(file, lines())
  } finally {
    progress.stop()
  }
  const { entries, head } = exported!
  const hash = Buffer.from(head.hash).toString('hex')
  terminal.stderr.write(
    `${entries} entries${file === undefined ? '' : ` in ${file}`}; up to ${head.seq}, whose hash is ${hash}\n`,
  )
}

/** The range of places that holds all that is asked for. */
async function rangeOf(
  { clock }: CommandContext,
  view: JournalView,
  { after, since, until }: Options,
): Promise<ExportRange> {
  if (after !== undefined && since !== undefined) {
    throw wrongUsage('say where to begin: either --after SEQ or --since TIME')
  }
  const now = clock.nowNanos()
  const to = until === undefined ? undefined : moment('--until', until, now)
  const span = to === undefined ? undefined : await view.span({ to })
  const first = since === undefined ? after : await seqBefore(view, moment('--since', since, now))
  return {
    ...(first === undefined ? {} : { after: first }),
    ...(to === undefined ? {} : { upTo: span?.last ?? 0 }),
  }
}

/** What is not finished is not left behind. */
async function writeFile(file: string, lines: AsyncIterable<string>): Promise<void> {
  const out = createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true })
  try {
    const source = Readable.from(lines)
    await (file.endsWith('.gz') ? pipeline(source, createGzip(), out) : pipeline(source, out))
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'EEXIST') {
      throw new AuditorError('usage', `${file} is there already: name a new file`)
    }
    await rm(file, { force: true })
    throw thrown
  }
}
