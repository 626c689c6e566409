import type { Entry, Gap, Record } from '../../../src/model/entry.ts'
import { countedGapOf } from '../../../src/model/counted-gap.ts'
import type { Hole } from '../../../src/model/hole.ts'
import type { KnownContainer } from '../../../src/model/container-state.ts'
import type { Life, True } from './lives.ts'
import { unproven } from './unproven.ts'
import type { World } from './world.ts'

/** What P2 says of a world in which all has come to rest; `undefined` where it is kept. */
export async function broken(world: World): Promise<string | undefined> {
  const { journal, core, lives } = world
  const entries: readonly Entry[] = await Array.fromAsync(journal.entries({}))
  const records = entries.filter((entry) => entry.kind === 'record')
  const missed = missedOf(world, entries)
  const gaps = entries.filter((entry) => entry.kind === 'gap')
  const inferred = records.filter(({ origin }) => origin === 'inferred')
  return (
    outsideGaps(missed, gaps) ??
    unproven(inferred, missed) ??
    otherState(await journal.containers(core.id), [...lives.all.values()]) ??
    ((await journal.hole(core.id)) === undefined ? undefined : 'a hole was not reconciled')
  )
}

/** What happened and is not in the trail. */
function missedOf({ lives }: World, entries: readonly Entry[]): True[] {
  const seen = new Set(
    entries
      .filter((entry) => entry.kind === 'record' && entry.origin === 'observed')
      .map((entry) => {
        const { event } = entry as Record
        return keyOf(event.actorId, event.action, event.time)
      }),
  )
  return lives.happened.filter(({ id, action, time }) => !seen.has(keyOf(id, action, time)))
}

/** A number of missed events that the trail states and that is another in truth. */
export async function miscounted(world: World): Promise<string | undefined> {
  const entries: readonly Entry[] = await Array.fromAsync(world.journal.entries({}))
  const missed = missedOf(world, entries)
  const wrong = entries.flatMap(statementOf).find(({ from, to, count }) => {
    const within = missed.filter(({ time }) => from <= time && time <= to)
    // What happened in the very nanosecond at which the one gap ends and the next begins is of one of them.
    const atTheSeam = within.filter(({ time }) => time === from)
    return count > within.length || count < within.length - atTheSeam.length
  })
  return wrong && `not ${wrong.count} are missing from ${wrong.from} to ${wrong.to}`
}

/** How many missed events the trail states in all, and how many there are. */
export async function counts(world: World): Promise<{ stated: number; missed: number }> {
  const entries: readonly Entry[] = await Array.fromAsync(world.journal.entries({}))
  const stated = entries.flatMap(statementOf).reduce((sum, { count }) => sum + count, 0)
  return { stated, missed: missedOf(world, entries).length }
}

function statementOf(entry: Entry): (Hole & { readonly count: number })[] {
  if (entry.kind === 'gap') {
    const { from, to, count } = entry
    return count === undefined ? [] : [{ from, to, count }]
  }
  const counted = countedGapOf(entry)
  return counted === undefined ? [] : [counted]
}

const keyOf = (id: string, action: string, time: bigint): string => `${time} ${action} ${id}`

function outsideGaps(missed: readonly True[], gaps: readonly Gap[]): string | undefined {
  const outside = missed.find(
    ({ time }) => !gaps.some(({ from, to }) => from <= time && time <= to),
  )
  return outside && `missed outside every gap: ${show(outside)}`
}

function otherState(known: readonly KnownContainer[], lives: readonly Life[]): string | undefined {
  const truth = new Map(lives.map((life) => [life.id, life]))
  const said = known.map((one) => {
    const { name } = one.attributes
    // After a pause nothing is known of the health until the engine tells.
    const health = one.health ?? truth.get(one.id)?.health
    return line({ ...one, name: name ?? '', health, exitCode: one.exitCode ?? 0 })
  })
  const is = lives.map(line)
  said.sort()
  is.sort()
  return said.join() === is.join()
    ? undefined
    : `known:\n${said.join('\n')}\nbut it is:\n${is.join('\n')}`
}

interface Comparable {
  readonly id: string
  readonly name: string
  readonly status: string
  readonly health?: string | undefined
  readonly exitCode: number
}

/** Health is compared while it runs, the exit code when it has ended. */
function line({ id, name, status, health = 'starting', exitCode }: Comparable): string {
  const more = status === 'running' ? ` ${health}` : status === 'exited' ? ` ${exitCode}` : ''
  return `${id} ${name} ${status}${more}`
}

const show = ({ id, action, time }: True): string => `${action} of ${id} at ${time}`
