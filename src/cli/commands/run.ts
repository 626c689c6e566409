import { resolve } from 'node:path'
import { partsOf } from '../../agent/from-settings.ts'
import { chosenProfile } from '../../agent/chosen-profile.ts'
import { createAuditor, FLUSH_SHARE, type Auditor } from '../../agent/auditor.ts'
import type { Settings } from '../../config/load.ts'
import { openJournal } from '../../journal/open.ts'
import type { Log } from '../../model/log.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { dataDir } from '../data-dir.ts'
import { createEndpoints } from '../endpoints.ts'
import { createLogger } from '../logger.ts'
import { openAtLast } from '../open-at-last.ts'
import { optimize, whenBusy } from '../optimize.ts'
import { reachSinks } from '../reach-sinks.ts'
import { loadFor, settingsOptions, type SettingsOptions } from '../settings.ts'
import { version } from '../../model/version.ts'

/** From SIGTERM to the end; Docker's own SIGKILL comes after 10 s. */
const STOP_MS = 8_000

export const registerRun: RegisterCommand = (program, context) => {
  settingsOptions(program.command('run'))
    .summary('record, keep and deliver (the default)')
    .description(
      'Records what the Docker engines tell into the journal and delivers it to the sinks, until it is ' +
        'ended. Waits for an engine or a sink that is away; never exits because of one.',
    )
    .argument('[uri...]', 'sinks, e.g. elastic: logstash://host:5959 file:///var/log/docker.ndjson')
    .addHelpText(
      'after',
      `
Examples:
  $ auditor run
  $ auditor run elasticsearch+https://es:9200/logs-docker.audit-default?apiKey=... --data /srv/auditor
  $ auditor logstash://
  $ auditor --profile auditor-2015 -ip 10.0.0.1 logstash://
  $ AUDITOR_SINKS=stdout: auditor run --filter 'NOT name:"test-*"'`,
    )
    .action((uris: string[], options: SettingsOptions) => run(context, uris, options))
}

async function run(
  context: CommandContext,
  uris: readonly string[],
  options: SettingsOptions,
): Promise<void> {
  const { settings, file } = loadFor(context, options, uris)
  const log = createLogger(settings.log, context.terminal)
  const dir = dataDir(settings.data, context.terminal.environment)
  const parts = partsOf(settings, context.terminal.environment, log)
  warnOfNothing(settings, log)
  await reachSinks(context, settings, log)
  const profile = await chosenProfile(settings.profile, context.clock, context.signal)
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  await using endpoints = createEndpoints(settings.listen, dir)
  const journal = await openAtLast(context, log, endpoints, () =>
    openJournal({
      dir,
      retention: { maxAgeMs: settings.retention.age, maxBytes: settings.retention.size },
      anchors: { entries: settings.anchors.entries, everyMs: settings.anchors.every },
      log,
      onFatal: (error) => failed.reject(error),
    }),
  )
  if (journal === undefined) return
  await using auditor = createAuditor({
    ...parts,
    ...(profile === undefined ? {} : { profile }),
    journal,
    lives: dir,
    alerts: { rules: settings.alerts, dir },
    log,
    about: { version },
  })
  endpoints.tellOf(auditor)
  const url = await endpoints.open()
  log.info({}, `auditor ${version}${file === undefined ? '' : `, configured by ${file}`}`)
  await introduce(log, auditor, { dir, url, sinks: settings.sinks.map(({ name }) => name) })
  const callOff = whenBusy(context.clock, optimize)
  await Promise.race([begun(auditor), untilEnded(context.signal, auditor, failed.promise)])
  callOff()
  const stopping = auditor.stop(STOP_MS)
  log.info({}, await farewell(auditor).catch(() => FAREWELL)) // too late to ask who is away
  await stopping
  log.info({}, 'ended')
}

/** Never resolves: rejects where it can't begin. */
async function begun(auditor: Auditor): Promise<never> {
  await auditor.start()
  return new Promise<never>(() => undefined)
}

/** Without a profile there are no services, which are all that the format classic is for. */
function warnOfNothing({ profile, sinks }: Settings, log: Log): void {
  if (profile.name !== undefined) return
  for (const { name, options } of sinks) {
    if (options['format'] !== 'classic') continue
    log.warn({ sink: name }, `sink ${name} gets nothing new: format classic needs a --profile`)
  }
}

/** Where it listens, where its journal is, what it records and for whom: the first lines of a log. */
async function introduce(
  log: Log,
  auditor: Auditor,
  about: {
    readonly dir: string
    readonly url: string | undefined
    readonly sinks: readonly string[]
  },
): Promise<void> {
  const { journal, engines } = await auditor.health()
  const { dir, url, sinks } = about
  if (url !== undefined) log.info({}, `listening on ${url} (/livez, /readyz, /metrics, /tap)`)
  const entries = journal === undefined ? 'it does not say how many' : `${journal.entries} entries`
  log.info({}, `journal in ${resolve(dir)}: ${entries}`)
  for (const { endpoint } of engines) log.info({}, `records what Docker tells at ${endpoint}`)
  log.info(
    {},
    sinks.length === 0 ? 'no sinks: kept in the journal alone' : `delivers to ${sinks.join(', ')}`,
  )
}

const FAREWELL = 'ending: no more events are read, what is recorded is delivered'

/** What is still to do, and for how long at most. */
async function farewell(auditor: Auditor): Promise<string> {
  const away = (await auditor.health()).sinks.filter(({ state }) => state === 'retrying')
  if (away.length === 0) return FAREWELL
  const names = away.map(({ name, cursor }) => `${name} (${cursor?.pending ?? 0} waiting)`)
  return (
    `ending: tries ${names.join(', ')} for ${(STOP_MS * FLUSH_SHARE) / 1000} s more; what is left then is kept for the ` +
    'next start (Ctrl-C again ends at once)'
  )
}

/** Until somebody ends it; throws where it can't go on. */
async function untilEnded(
  signal: AbortSignal,
  auditor: Auditor,
  failed: Promise<never>,
): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([ended, auditor.ended, failed])
}
