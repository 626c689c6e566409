import { resolve } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import { createAuditor } from '../../agent/auditor.ts'
import { partsOf, recordingOf } from '../../agent/from-settings.ts'
import { replay } from '../../agent/replay.ts'
import { openTrace } from '../../docker/trace.ts'
import { openJournal } from '../../journal/open.ts'
import { AuditorError } from '../../model/errors.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { dataDir } from '../data-dir.ts'
import { awaitSinks } from '../await-sinks.ts'
import { requireEvents } from '../first-event.ts'
import { createLogger } from '../logger.ts'
import { createProgress } from '../progress.ts'
import { loadFor, type SettingsOptions } from '../settings.ts'

interface Options extends SettingsOptions {
  readonly speed: number
}

export const registerReplay: RegisterCommand = (program, context) => {
  program
    .command('replay')
    .summary('read a recorded trace into a journal, and deliver it')
    .description(
      'Reads a trace through the same pipeline that live events take, with its own times: into the ' +
        'journal, and from there to the sinks. The same trace gives the same entries each time.',
    )
    .argument('<trace>', 'a folder made by `auditor record`, or a file of one event a line')
    .argument('[uri...]', 'sinks')
    .addOption(
      new Option('--speed <factor>', 'max, or 1x, 10x, ... of the recorded speed')
        .argParser(speedOf)
        .default(Infinity, 'max'),
    )
    .option('--data <dir>', 'where the journal is kept')
    .option('--filter <filter>', 'record only events that match')
    .option('--health-checks <what>', "count or record execs of containers' health checks")
    .option('-c, --config <file>', 'configuration file')
    .option('--log-level <level>', 'debug, info, warn, error or silent')
    .addHelpText(
      'after',
      `
Examples:
  $ auditor replay ./trace --data /tmp/look
  $ docker events --since 1h --until 0s --format '{{json .}}' > e.ndjson && auditor replay e.ndjson stdout:`,
    )
    .action((trace: string, uris: string[], options: Options) => run(context, trace, uris, options))
}

function speedOf(text: string): number {
  if (text === 'max') return Infinity
  const factor = Number(text.replace(/x$/, ''))
  if (!(factor > 0)) throw new InvalidArgumentError('expected max, or a factor such as 1x or 10x')
  return factor
}

async function run(
  context: CommandContext,
  path: string,
  uris: readonly string[],
  options: Options,
): Promise<void> {
  const { terminal, clock, signal } = context
  const { settings } = loadFor(context, options, uris)
  const log = createLogger(settings.log, terminal)
  const trace = await openTrace(path)
  await requireEvents(trace, path, signal)
  const dir = dataDir(settings.data, terminal.environment)
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  const journal = await openJournal({ dir, log, onFatal: failed.reject })
  const { sinks = [] } = partsOf(settings, terminal.environment)
  await using auditor = createAuditor({ engines: [], sinks, journal, lives: dir, log })
  const replayBegun = clock.nowNanos()
  await auditor.start()

  const begun = clock.monotonic()
  const progress = createProgress(terminal, clock, 'replay', 'bytes')
  const before = (await journal.stats()).entries
  let told = 0
  const replaying = replay(
    {
      ...recordingOf(settings),
      trace,
      speed: options.speed,
      clock,
      // All in one run: when one can't be written, none behind it is.
      write: async ({ entries }) => void (await journal.append(entries, undefined, 1)),
      onProgress(bytes) {
        if (bytes - told < 256 * 1024 && bytes !== trace.bytes) return
        told = bytes
        progress.update(bytes, trace.bytes)
      },
    },
    signal,
  )
  const { events, undecodable, skipped } = await Promise.race([replaying, failed.promise])
    .catch((thrown: unknown) => {
      if (signal.aborted)
        throw new AuditorError('undelivered', 'ended before the whole trace was read')
      throw thrown
    })
    .finally(() => progress.stop())
  await Promise.race([auditor.conclude(signal), failed.promise])
  const seconds = (clock.monotonic() - begun) / 1000
  const added = (await journal.stats()).entries - before
  const hidden = skipped['health-check'] + skipped.filter + skipped.label
  terminal.stderr.write(
    `${events} events in ${seconds.toFixed(1)} s (${Math.round(events / seconds)}/s): ` +
      `${added} entries added, ${hidden} passed over, ${undecodable} lines undecodable; journal in ${resolve(dir)}\n`,
  )
  const names = new Set(sinks.map(({ sink }) => sink.name))
  if (names.size > 0)
    await awaitSinks(context, { view: journal, sinks: names, begun: replayBegun, signal })
}
