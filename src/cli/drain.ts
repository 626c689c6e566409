import { createAuditor, type Auditor } from '../agent/auditor.ts'
import { partsOf } from '../agent/from-settings.ts'
import type { ConfiguredSink } from '../config/load.ts'
import type { Cursor } from '../journal/journal.ts'
import { openJournal } from '../journal/open.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import { AuditorError } from '../model/errors.ts'
import { awaitSinks } from './await-sinks.ts'
import type { CommandContext } from './command.ts'
import { dataDir } from './data-dir.ts'
import { openAdmin, openView, type JournalOptions } from './journal-access.ts'
import { createLogger } from './logger.ts'
import { loadFor } from './settings.ts'
import { wrongUsage } from './usage.ts'

export interface DrainOptions extends JournalOptions {
  /** Give up after so long, in ms. Default: never. */
  readonly timeout?: number
}

/**
 * Waits until sinks have everything the journal holds. Where an agent runs, it does the delivering;
 * otherwise this process does, with the configured sinks and those of `uris`.
 *
 * @param names only these sinks; empty: all that the journal knows
 * @throws AuditorError `undelivered` where it was ended before, or where a sink refused entries
 */
export async function drainSinks(
  context: CommandContext,
  names: readonly string[],
  uris: readonly string[],
  options: DrainOptions,
): Promise<void> {
  const { terminal } = context
  await using view = await openView(context, options)
  const begun = context.clock.nowNanos()
  await using auditor = await deliverHere(context, uris, options)
  await auditor?.start()
  const cursors = await view.cursors()
  const wanted = selected(cursors, names)
  if (wanted.length === 0) {
    terminal.stderr.write('no sink has used this journal yet: nothing waits\n')
    return
  }
  if (auditor === undefined) await hurryAgent(context, options)
  else requireConfigured(wanted, loadFor(context, options, uris).settings.sinks)
  const sinks = new Set(wanted.map(({ sink }) => sink))
  await awaitSinks(context, {
    view,
    sinks,
    begun,
    signal: until(context, options),
    ...(auditor === undefined ? {} : { settled: (signal) => auditor.drain(signal, sinks) }),
  })
}

function until({ signal }: CommandContext, { timeout }: DrainOptions): AbortSignal {
  return timeout === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeout)])
}

/** A running agent delivers: what waits between two tries should not wait any longer. */
async function hurryAgent(context: CommandContext, options: JournalOptions): Promise<void> {
  context.terminal.stderr.write('a running agent delivers; waiting for it\n')
  await using admin = await openAdmin(context, options)
  await admin.hurry()
}

/** An auditor without engines; `undefined` where an agent holds the journal. */
async function deliverHere(
  context: CommandContext,
  uris: readonly string[],
  options: JournalOptions,
): Promise<Auditor | undefined> {
  const { terminal } = context
  const { settings } = loadFor(context, options, uris)
  const log = createLogger(settings.log, terminal)
  const dir = dataDir(settings.data, terminal.environment)
  try {
    const journal = await openJournal({ dir, log })
    return createAuditor({
      ...partsOf(settings, terminal.environment, log),
      engines: [],
      journal,
      log,
    })
  } catch (thrown) {
    if (thrown instanceof AuditorError && thrown.code === 'journal-locked') return undefined
    throw thrown
  }
}

function selected(cursors: readonly Cursor[], names: readonly string[]): readonly Cursor[] {
  const known = cursors.map(({ sink }) => sink)
  for (const name of names) {
    if (known.includes(name)) continue
    const which = known.length === 0 ? 'it has none' : `it has ${known.join(', ')}`
    throw wrongUsage(
      `the journal knows no sink "${name}"${didYouMean(name, known) || ` (${which})`}`,
    )
  }
  return names.length === 0 ? cursors : cursors.filter(({ sink }) => names.includes(sink))
}

/** Nobody would deliver to a sink that only the journal knows, and waiting would never end. */
function requireConfigured(
  wanted: readonly Cursor[],
  configured: readonly Pick<ConfiguredSink, 'name'>[],
): void {
  const missing = wanted.filter(
    ({ sink, pending }) => pending > 0 && !configured.some(({ name }) => name === sink),
  )
  if (missing.length === 0) return
  const names = missing.map(({ sink, pending }) => `${sink} (${pending} waiting)`).join(', ')
  throw wrongUsage(
    `not configured here: ${names}; give the configuration with --config or the sink's URI, ` +
      'such as: auditor sinks drain logstash://host:5959',
  )
}
