import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { Option } from 'commander'
import { decodeEntry } from '../../model/entry-codec.ts'
import { AuditorError, asError } from '../../model/errors.ts'
import { TAP_STAGES } from '../../streams/tap.ts'
import { isStage, unknownStage } from '../../web/tap.ts'
import { listenToAgent, urlOf } from '../ask-agent.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { entryLine, renderLine } from '../entry-line.ts'
import { filterArgument } from '../filter-argument.ts'
import { localClock } from '../local-time.ts'
import { wholeNumber } from '../option-types.ts'
import { printableText } from '../output.ts'
import { loadFor, type SettingsOptions } from '../settings.ts'
import { write } from '../streams.ts'
import { wrongUsage } from '../usage.ts'

interface Options extends SettingsOptions {
  readonly limit?: number
  readonly output: 'pretty' | 'ndjson'
}

const DEADLINE_MS = 4_000

export const registerTap: RegisterCommand = (program, context) => {
  program
    .command('tap')
    .summary('see what passes a stage of a running agent')
    .description(
      'Shows what passes a stage of the pipeline of a running agent on this machine, from now on, until it is ended. Secrets are taken out at every stage. The agent waits for nobody: what this is too slow for is dropped, with a count.',
    )
    .argument('<stage>', `behind which: ${TAP_STAGES.join(', ')}`)
    .argument('[filter...]', 'filter, e.g. action:die name:"web-*" (docs/filter.md)')
    .option('--limit <n>', 'end after so many (default: never)', wholeNumber)
    .option('--listen <address>', 'where the agent listens')
    .option('-c, --config <file>', 'configuration file')
    .addOption(
      new Option('-o, --output <format>', 'how to print')
        .choices(['pretty', 'ndjson'])
        .default('pretty'),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ auditor tap source
  $ auditor tap enrich action:die --limit 1 -o ndjson | jq .container
  $ docker exec auditor auditor tap filter`,
    )
    .action((stage: string, filter: string[], options: Options) =>
      run(context, stage, filter.join(' '), options),
    )
}

async function run(
  context: CommandContext,
  stage: string,
  filter: string,
  options: Options,
): Promise<void> {
  const { terminal, signal } = context
  if (!isStage(stage)) throw wrongUsage(unknownStage(stage))
  // Times are to stay what they mean now: the agent refuses relative ones.
  if (filter.trim() !== '') filterArgument(filter, context.clock.nowNanos())
  const { settings } = loadFor(context, options)
  const { listen } = settings
  if (listen === 'off') {
    throw wrongUsage("the agent listens nowhere (listen: off), so it can't be tapped: start it with --listen 127.0.0.1:7410") // prettier-ignore
  }
  const ending = new AbortController()
  const ended = AbortSignal.any([signal, ending.signal])
  const path = `/tap?${new URLSearchParams({ stage, filter }).toString()}`
  const { status, body } = await listenToAgent(listen, path, ended, DEADLINE_MS).catch(
    (thrown: unknown) => {
      signal.throwIfAborted()
      const why = `no agent answers at ${urlOf(listen)}: ${asError(thrown).message}`
      throw new AuditorError('failed', `${why}; is it running, and does --listen name its address?`)
    },
  )
  if (status !== 200) throw refusal(status, (await text(body)).trim(), urlOf(listen))
  const counts = { shown: 0, dropped: 0 }
  const colour = terminal.stdout.isTTY === true && (terminal.environment['NO_COLOR'] ?? '') === ''
  const lines = createInterface({ input: body, crlfDelay: Infinity })
  try {
    for await (const line of lines) {
      const said = JSON.parse(line) as Line
      if (said.kind === 'failed') throw new AuditorError('failed', `the agent says: ${said.reason}`)
      if (said.kind === 'dropped') counts.dropped += said.count
      else counts.shown += 1
      const shown = options.output === 'ndjson' ? `${line}\n` : prettyLine(line, said, colour)
      if (!(await write(terminal.stdout, shown)) || counts.shown === options.limit) break
    }
  } catch (thrown) {
    if (!ended.aborted) throw broken(thrown)
  } finally {
    ending.abort()
    lines.close()
  }
  terminal.stderr.write(`${counts.shown} shown · ${counts.dropped} dropped\n`)
}

/** What an agent says that is no entry. */
type Line =
  | { readonly kind: 'skipped'; readonly reason: string; readonly time: string }
  | { readonly kind: 'group'; readonly entries: number; readonly to: string }
  | { readonly kind: 'dropped'; readonly count: number }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'entry' }

function prettyLine(line: string, said: Line, colour: boolean): string {
  const bare = { subject: '', image: '', tone: 'quiet' } as const
  switch (said.kind) {
    case 'skipped':
      return renderLine({ ...bare, clock: localClock(BigInt(said.time)), what: 'skipped', detail: said.reason }, colour) // prettier-ignore
    case 'group':
      return renderLine({ ...bare, clock: localClock(BigInt(said.to)), what: 'group', detail: `${said.entries} entries` }, colour) // prettier-ignore
    case 'dropped':
      return `${' '.repeat(14)}${said.count} dropped: this was too slow for them\n`
    case 'failed':
    case 'entry':
    default: // every kind of entry
      return renderLine(entryLine(decodeEntry(line)), colour)
  }
}

function refusal(status: number, message: string, url: string): AuditorError {
  const said = printableText(message)
  if (status === 400) return wrongUsage(said)
  if (status === 404) {
    return new AuditorError(
      'failed',
      `what answers at ${url} is no agent, or one that can't be tapped`,
    )
  }
  return new AuditorError('failed', `the agent at ${url} refuses: ${said}`)
}

const broken = (thrown: unknown): AuditorError =>
  thrown instanceof AuditorError
    ? thrown
    : new AuditorError('failed', `the agent went away: ${asError(thrown).message}`)
