import type { RegisterCommand } from './command.ts'
import { leanLoad } from './lean-load.ts'

/**
 * Every command, in the order of the help. Only the one that is called is loaded, so that a health
 * check each 30 s does not load the whole agent.
 */
const loaders: { readonly [name: string]: () => Promise<RegisterCommand> } = {
  run: async () => (await leanLoad(() => import('./commands/run.ts'))).registerRun,
  watch: async () => (await import('./commands/watch.ts')).registerWatch,
  events: async () => (await import('./commands/events.ts')).registerEvents,
  why: async () => (await import('./commands/why.ts')).registerWhy,
  lives: async () => (await import('./commands/lives.ts')).registerLives,
  show: async () => (await import('./commands/show.ts')).registerShow,
  execs: async () => (await import('./commands/execs.ts')).registerExecs,
  stats: async () => (await import('./commands/stats.ts')).registerStats,
  loops: async () => (await import('./commands/loops.ts')).registerLoops,
  alerts: async () => (await import('./commands/alerts.ts')).registerAlerts,
  findings: async () => (await import('./commands/findings.ts')).registerFindings,
  top: async () => (await import('./commands/top.ts')).registerTop,
  tap: async () => (await import('./commands/tap.ts')).registerTap,
  journal: async () => (await import('./commands/journal.ts')).registerJournal,
  sinks: async () => (await import('./commands/sinks.ts')).registerSinks,
  'dead-letters': async () => (await import('./commands/dead-letters.ts')).registerDeadLetters,
  verify: async () => (await import('./commands/verify.ts')).registerVerify,
  assets: async () => (await import('./commands/assets.ts')).registerAssets,
  export: async () => (await import('./commands/export.ts')).registerExport,
  record: async () => (await import('./commands/record.ts')).registerRecord,
  replay: async () => (await import('./commands/replay.ts')).registerReplay,
  validate: async () => (await import('./commands/validate.ts')).registerValidate,
  config: async () => (await import('./commands/config.ts')).registerConfig,
  doctor: async () => (await import('./commands/doctor.ts')).registerDoctor,
  healthcheck: async () => (await import('./commands/healthcheck.ts')).registerHealthcheck,
  version: async () => (await import('./commands/version.ts')).registerVersion,
}

/** The command of this name; all of them where there is none, for the help and for suggestions. */
export async function commandsFor(name?: string): Promise<readonly RegisterCommand[]> {
  const loader = name !== undefined && Object.hasOwn(loaders, name) ? loaders[name] : undefined
  if (loader !== undefined) return [await loader()]
  return Promise.all(Object.values(loaders).map((load) => load()))
}
