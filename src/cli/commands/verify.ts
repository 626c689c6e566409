import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Option } from 'commander'
import type { JournalView } from '../../journal/journal.ts'
import type { ChainVerdict } from '../../query/verdict.ts'
import { AuditorError } from '../../model/errors.ts'
import { verifyExport } from '../../query/verify-file.ts'
import { verifyJournal } from '../../query/verify-journal.ts'
import { reasonOf } from '../../sinks/file/reason.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { journalDir, openView, type JournalOptions } from '../journal-access.ts'
import { several } from '../option-types.ts'
import { createProgress } from '../progress.ts'
import { wrongUsage } from '../usage.ts'
import { chainText, isSound, sinkText, verdictsJson, type Verdicts } from '../verdict-text.ts'
import { verifyNamedSink } from '../verify-named-sink.ts'
import { journalOptions } from '../journal-options.ts'

interface Options extends JournalOptions {
  readonly file?: string
  readonly sink?: readonly string[]
  readonly output: 'text' | 'json'
}

export const registerVerify: RegisterCommand = (program, context) => {
  journalOptions(program.command('verify'))
    .summary('prove that the trail was not tampered with')
    .description(
      'Follows the hash chain of the journal, beside a running agent or without one, and says where it is ' +
        'broken and what is still proven. With --sink what a sink received is compared too, which finds ' +
        'also an end that was cut off and a chain that was computed anew. Exit 7 where it fails; see ' +
        'docs/verify.md.',
    )
    .option(
      '--sink <name>',
      'compare with this sink (file or elasticsearch): its name or URI',
      several,
    )
    .option('--file <file>', 'verify an exported file instead of the journal; - for standard input')
    .addOption(
      new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ auditor verify
  $ auditor verify --sink search --config /etc/auditor/auditor.yaml
  $ auditor verify --sink file:///var/log/docker.ndjson
  $ auditor verify --file trail.ndjson.gz
  $ auditor verify -o json`,
    )
    .action((options: Options) => run(context, options))
}

async function run(context: CommandContext, options: Options): Promise<void> {
  const { file, sink: names = [], output } = options
  if (file !== undefined && names.length > 0) {
    throw wrongUsage('--sink compares the journal with a sink: it does not go with --file')
  }
  const verdicts =
    file === undefined ? await ofJournal(context, names, options) : await ofFile(context, file)
  const { stdout } = context.terminal
  if (output === 'json') stdout.write(verdictsJson(verdicts))
  else {
    stdout.write(chainText(verdicts.of, verdicts.trail))
    for (const sink of verdicts.sinks) stdout.write(sinkText(sink))
  }
  if (!isSound(verdicts)) context.exitWith(exitCodes.verificationFailed)
}

async function ofJournal(
  context: CommandContext,
  names: readonly string[],
  options: JournalOptions,
): Promise<Verdicts> {
  await using view = await openView(context, options)
  const dir = await journalDir(context, options)
  const trail = await chainOf(context, view)
  const sinks = []
  for (const name of names) sinks.push(await verifyNamedSink(context, view, name, options))
  return { of: `journal ${dir}`, trail, sinks }
}

async function chainOf(context: CommandContext, view: JournalView): Promise<ChainVerdict> {
  const progress = createProgress(context.terminal, context.clock, 'verify', 'entries')
  try {
    return await verifyJournal(view, {
      signal: context.signal,
      onProgress: (done, total) => progress.update(done, total),
    })
  } finally {
    progress.stop()
  }
}

async function ofFile(context: CommandContext, file: string): Promise<Verdicts> {
  const { terminal, signal } = context
  const source = file === '-' ? terminal.stdin : createReadStream(file)
  const of = file === '-' ? 'standard input' : file
  try {
    return { of, trail: await verifyExport(unpacked(source, signal)), sinks: [] }
  } catch (thrown) {
    signal.throwIfAborted()
    const reason = reasonOf(thrown, of, 'read')
    throw new AuditorError('failed', reason.message, { cause: reason })
  }
}

/** Compressed or not, as the first bytes say. */
async function* unpacked(source: Readable, signal: AbortSignal): AsyncGenerator<Buffer> {
  const onAbort = (): void => void source.destroy(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await once(source, 'readable')
    const head = source.read() as Buffer | null
    if (head === null) return
    source.unshift(head)
    const isPacked = head[0] === 0x1f && head[1] === 0x8b
    const stream = isPacked ? source.pipe(createGunzip()) : source
    source.once('error', (error) => void stream.destroy(error))
    for await (const chunk of stream) yield Buffer.from(chunk as Buffer)
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
