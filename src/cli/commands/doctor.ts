import { access, constants, mkdir, statfs } from 'node:fs/promises'
import { partsOf } from '../../agent/from-settings.ts'
import type { Settings } from '../../config/load.ts'
import { formatBytes } from '../../config/units.ts'
import type { Engine } from '../../docker/port.ts'
import { reasonOf } from '../../docker/reason.ts'
import { asError } from '../../model/errors.ts'
import { millisFromNanos } from '../../model/time.ts'
import type { Sink } from '../../sinks/sink.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { dataDir } from '../data-dir.ts'
import { exitCodes } from '../exit-codes.ts'
import { loadFor, settingsOptions, type SettingsOptions } from '../settings.ts'
import { version } from '../version.ts'

const DEADLINE_MS = 5_000
const MAX_SKEW_MS = 2_000
const LITTLE_SPACE = 1024 * 1024 * 1024

/** One thing looked at: well, or wrong with what to do about it. */
interface Finding {
  readonly subject: string
  readonly state: 'ok' | 'warning' | 'wrong'
  readonly text: string
  /** What the process exits with if this is the first thing that is wrong. */
  readonly exitCode?: number
}

export const registerDoctor: RegisterCommand = (program, context) => {
  settingsOptions(program.command('doctor'))
    .summary('look for what would keep `run` from working')
    .description(
      'Looks at the engine, its clock, the data directory, the address and the sinks, as `run` would use\n' +
        'them, and says what is wrong and what to do. Changes nothing but making the data directory.',
    )
    .argument('[uri...]', 'sinks')
    .action((uris: string[], options: SettingsOptions) => examine(context, uris, options))
}

async function examine(
  context: CommandContext,
  uris: readonly string[],
  options: SettingsOptions,
): Promise<void> {
  const { terminal } = context
  const { settings, file } = loadFor(context, options, uris)
  const parts = partsOf(settings, terminal.environment)
  const dir = dataDir(settings.data, terminal.environment)
  const checks: (() => Promise<Finding>)[] = [
    () => Promise.resolve(ok('auditor', `${version} on Node ${process.versions.node}`)),
    () => Promise.resolve(ok('configuration', file ?? 'defaults, no file')),
    ...parts.engines.map((engine) => () => engineFinding(context, engine)),
    () => directoryFinding(dir),
    () => addressFinding(settings),
    ...(parts.sinks ?? []).map(
      ({ sink }) =>
        () =>
          sinkFinding(context, sink),
    ),
  ]
  for (const check of checks) {
    const finding = await check()
    const sign = { ok: '✔', warning: '⚠', wrong: '✖' }[finding.state]
    terminal.stdout.write(`${sign} ${finding.subject.padEnd(14)} ${finding.text}\n`)
    if (finding.state === 'wrong') context.exitWith(finding.exitCode ?? exitCodes.failed)
  }
}

const ok = (subject: string, text: string): Finding => ({ subject, state: 'ok', text })

async function engineFinding({ clock, signal }: CommandContext, engine: Engine): Promise<Finding> {
  try {
    const { ref, time } = await engine.info(within(signal))
    const skew = Math.abs(millisFromNanos(time) - clock.now())
    const text = `Docker ${ref.version} (API ${ref.apiVersion}) on ${ref.name} at ${engine.endpoint}`
    if (skew <= MAX_SKEW_MS) return ok('docker', text)
    return {
      subject: 'docker',
      state: 'warning',
      text: `${text}; its clock differs by ${Math.round(skew)} ms: synchronise it (NTP)`,
    }
  } catch (thrown) {
    const text = `${engine.endpoint}: ${reasonOf(asError(thrown)).text}`
    return { subject: 'docker', state: 'wrong', text, exitCode: exitCodes.engineUnreachable }
  }
}

async function directoryFinding(dir: string): Promise<Finding> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await access(dir, constants.W_OK)
    const { bavail, bsize } = await statfs(dir)
    const free = bavail * bsize
    const text = `${dir}, ${formatBytes(free)} free`
    if (free >= LITTLE_SPACE) return ok('data', text)
    return {
      subject: 'data',
      state: 'warning',
      text: `${text}: little; free some, or lower retention.size`,
    }
  } catch (thrown) {
    const text = `${asError(thrown).message}; choose another place with --data or AUDITOR_DATA`
    return { subject: 'data', state: 'wrong', text }
  }
}

async function addressFinding({ listen }: Settings): Promise<Finding> {
  if (listen === 'off') return ok('address', 'off')
  const { host, port } = listen
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
  try {
    const answer = await fetch(`${url}/livez`, { signal: AbortSignal.timeout(DEADLINE_MS) })
    const own = answer.ok && (await answer.text()) === 'ok\n'
    if (own) return ok('address', `${url}: an agent answers`)
    const text = `${url}: something else answers; choose another address with --listen`
    return { subject: 'address', state: 'wrong', text }
  } catch {
    return ok('address', `${url} is free`) // nobody answers there
  }
}

async function sinkFinding({ signal }: CommandContext, sink: Sink): Promise<Finding> {
  const subject = `sink ${sink.name}`
  try {
    await sink.open?.(within(signal))
    return ok(subject, 'reachable')
  } catch (thrown) {
    const text = asError(thrown).message
    return { subject, state: 'wrong', text, exitCode: exitCodes.sinkUnreachable }
  } finally {
    await sink.close?.()
  }
}

const within = (signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)])
