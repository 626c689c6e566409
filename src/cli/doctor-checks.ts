import { statfs } from 'node:fs/promises'
import { createServer, connect } from 'node:net'
import { once } from 'node:events'
import { resolve } from 'node:path'
import type { ListenAddress } from '../config/address.ts'
import type { ConfiguredSink } from '../config/load.ts'
import type { Engine } from '../docker/port.ts'
import { reasonOf } from '../docker/reason.ts'
import { ensureDirectory } from '../journal/directory.ts'
import { asError } from '../model/errors.ts'
import { millisFromNanos } from '../model/time.ts'
import type { Sink } from '../sinks/sink.ts'
import { askAgent, readinessOf, urlOf } from './ask-agent.ts'
import type { CommandContext } from './command.ts'
import { exitCodes } from './exit-codes.ts'

const DEADLINE_MS = 5_000
const MAX_SKEW_MS = 2_000
const GIB = 1024 ** 3
const LITTLE_SPACE = GIB

/** One thing looked at: well, or wrong with what to do about it. */
export interface Finding {
  readonly state: 'ok' | 'warning' | 'wrong'
  readonly text: string
  /** What the process exits with for it, where it is wrong. */
  readonly exitCode?: number
}

export const ok = (text: string): Finding => ({ state: 'ok', text })
const wrong = (text: string, exitCode: number = exitCodes.failed): Finding => ({
  state: 'wrong',
  text,
  exitCode,
})

type Context = Pick<CommandContext, 'clock' | 'signal'>

export async function examineEngine({ clock, signal }: Context, engine: Engine): Promise<Finding> {
  try {
    const { ref, time } = await engine.info(within(signal))
    const skew = Math.abs(millisFromNanos(time) - clock.now())
    const text = `Docker ${ref.version} (API ${ref.apiVersion}) on ${ref.name} at ${engine.endpoint}`
    if (skew <= MAX_SKEW_MS) return ok(text)
    return {
      state: 'warning',
      text: `${text}; its clock differs by ${Math.round(skew)} ms: synchronise it (NTP)`,
    }
  } catch (thrown) {
    const why = `${engine.endpoint}: ${reasonOf(asError(thrown)).text}`
    return wrong(why, exitCodes.engineUnreachable)
  }
}

/** Whether what gaps cost can be counted, at an engine whose metrics are set. */
export async function examineMetrics({ signal }: Context, engine: Engine): Promise<Finding> {
  try {
    const [{ ref }, count] = await Promise.all([
      engine.info(within(signal)),
      engine.count!(within(signal)),
    ])
    if (count.engineId !== undefined && count.engineId !== ref.id)
      return wrong(`docker.metrics: these are of another engine, ${count.engineId}`)
    return ok(`what gaps cost can be counted: ${count.total} events since the engine's start`)
  } catch (thrown) {
    return wrong(`docker.metrics: ${asError(thrown).message}; is metrics-addr set in daemon.json?`)
  }
}

export async function examineDirectory(dir: string): Promise<Finding> {
  try {
    await ensureDirectory(dir)
    const { bavail, bsize } = await statfs(dir)
    const free = bavail * bsize
    const text = `${resolve(dir)}, ${(free / GIB).toFixed(1)} GiB free`
    if (free >= LITTLE_SPACE) return ok(text)
    return { state: 'warning', text: `${text}: little; free some, or lower retention.size` }
  } catch (thrown) {
    return wrong(asError(thrown).message)
  }
}

/** Whether `run` could listen there, found out by listening. */
export async function examineAddress(
  { signal }: Context,
  listen: ListenAddress | 'off',
): Promise<Finding> {
  if (listen === 'off') return ok('off')
  const url = urlOf(listen)
  const server = createServer()
  try {
    server.listen(listen.port, listen.host)
    await once(server, 'listening')
    server.close()
    return ok(`${url} is free`)
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException
    const elsewhere = 'choose another address with --listen'
    if (code !== 'EADDRINUSE') return wrong(`${url}: ${message}; ${elsewhere}`)
    const answer = await askAgent(listen, '/readyz', signal, DEADLINE_MS).catch(() => undefined)
    const agent = answer === undefined ? undefined : readinessOf(answer)?.agent
    return agent === undefined
      ? wrong(`${url}: something else listens there; ${elsewhere}`)
      : ok(`${url}: the agent with pid ${agent.pid} answers, journal in ${agent.data}`)
  }
}

/** Opens the sink; one that opens nothing before its first batch is asked for a connection. */
export async function examineSink(
  { signal }: Context,
  sink: Sink,
  { options }: ConfiguredSink,
): Promise<Finding> {
  const ending = within(signal)
  try {
    const peer = peerOf(options)
    if (sink.open !== undefined) await sink.open(ending)
    else if (peer !== undefined) await connects(peer, ending)
    return ok(sink.open === undefined && peer !== undefined ? 'takes connections' : 'can be used')
  } catch (thrown) {
    const why = ending.aborted
      ? `no answer within ${DEADLINE_MS / 1000} s`
      : asError(thrown).message
    return wrong(why, exitCodes.sinkUnreachable)
  } finally {
    await sink.close?.()
  }
}

interface Peer {
  readonly host: string
  readonly port: number
}

/** Who is at the other end, by the options that sinks of the network have. */
function peerOf(options: ConfiguredSink['options']): Peer | undefined {
  const { url, host, port } = options
  if (typeof url === 'string') {
    const { hostname, port: given, protocol } = new URL(url)
    const usual = protocol === 'https:' ? 443 : 80
    return { host: hostname.replaceAll(/[[\]]/g, ''), port: given === '' ? usual : Number(given) }
  }
  return typeof host === 'string' && typeof port === 'number' ? { host, port } : undefined
}

async function connects(peer: Peer, signal: AbortSignal): Promise<void> {
  const socket = connect(peer)
  try {
    await once(socket, 'connect', { signal })
  } finally {
    socket.destroy()
  }
}

const within = (signal: AbortSignal): AbortSignal =>
  AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)])
