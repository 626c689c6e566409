import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import type { infer as Infer } from 'zod'
import { systemClock, type Clock } from '../../actors/clock.ts'
import type { Delivery } from '../../model/delivery.ts'
import { encodeEntry } from '../../model/entry-codec.ts'
import { asError, AuditorError } from '../../model/errors.ts'
import { withoutSecrets } from '../../model/secret-texts.ts'
import { tooLate } from '../alert-options.ts'
import { headOf } from '../head-of.ts'
import type { Sink, SinkKind } from '../sink.ts'
import { passedOn, variablesOf } from './environment.ts'
import { execOptions } from './options.ts'
import { runProgram, type Ended } from './run-program.ts'

type ExecOptions = Infer<typeof execOptions>

/** Alerts handed to a program of one's own, one call at a time: told means that it ended with 0. */
export const execKind: SinkKind<typeof execOptions> = {
  kind: 'exec',
  schemes: ['exec'],
  summary: 'Alerts handed to a program on this machine',
  examples: ['exec:/usr/local/bin/page'],
  options: execOptions,
  tellsPeople: true,
  runsPrograms: true,
  fromUri: ({ path }) => (path === '' ? {} : { command: [path] }),
  create: (options, name) => createExecSink(options, name),
}

export function createExecSink(
  { command, batch, giveUp }: ExecOptions,
  name: string,
  clock: Clock = systemClock,
  own: Readonly<{ [name: string]: string | undefined }> = process.env,
): Sink {
  const program = command[0]!
  const kept = passedOn(own)
  let running: Promise<unknown> = Promise.resolve()
  let stop = new AbortController()

  const away = (reason: string): AuditorError =>
    new AuditorError('sink-unreachable', headOf(`${program}: ${reason}`))

  async function open(): Promise<void> {
    const found = await stat(program).catch((thrown: unknown) => {
      const isMissing = (thrown as NodeJS.ErrnoException).code === 'ENOENT'
      throw away(isMissing ? 'there is no such program' : reasonOf(thrown))
    })
    if (!found.isFile()) throw away('this is no file')
    await access(program, constants.X_OK).catch(() => {
      throw away("it can't be executed by the user the agent runs as (chmod +x)")
    })
  }

  return {
    name,
    open,
    async deliver({ entries }, signal): Promise<Delivery> {
      const late = tooLate(entries, giveUp, clock.now())
      if (late !== undefined) return late
      const ending = AbortSignal.any([signal, stop.signal])
      // One at a time, also where the last one was killed and takes a moment to end.
      const run = running.then(() =>
        runProgram(command, {
          input: entries.map((entry) => `${encodeEntry(entry)}\n`).join(''),
          environment: { ...kept, ...(batch === 1 ? variablesOf(entries[0]!) : {}) },
          signal: ending,
          clock,
        }),
      )
      running = run.catch(() => undefined)
      try {
        const ended = await run
        if (ended.code === 0) return { status: 'delivered' }
        return { status: 'retry', cause: away(endOf(ended, ending.aborted)) }
      } catch (thrown) {
        return { status: 'retry', cause: away(reasonOf(thrown)) }
      }
    },
    async close() {
      stop.abort()
      await running
      stop = new AbortController()
    },
  }
}

function endOf({ code, signal, said }: Ended, wasKilled: boolean): string {
  const end = code === null ? `ended by ${signal}` : `exit code ${code}`
  const how = wasKilled ? 'called off before it ended' : end
  const head = withoutSecrets(said).trim()
  return head === '' ? how : `${how}: ${head}`
}

/** Why it can't be started. */
function reasonOf(thrown: unknown): string {
  const { code, message } = asError(thrown) as NodeJS.ErrnoException
  if (code === 'ENOENT')
    return 'there is no such program, or what its first line (#!) names is missing'
  return code === 'EACCES' ? "it can't be executed by the user the agent runs as" : message
}
