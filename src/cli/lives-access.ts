import type { LineageRow } from '../lives/run-row.ts'
import { openLivesView, type LivesView } from '../lives/view.ts'
import { editDistance } from '../model/did-you-mean.ts'
import { AuditorError } from '../model/errors.ts'
import type { CommandContext } from './command.ts'
import { journalDir, openView, type JournalOptions } from './journal-access.ts'

/** Fewer entries than this may just have come, or tell of the agent's own end. */
const WORTH_A_WORD = 100

/**
 * The lives beside a journal; no agent is needed, and none is disturbed. Says on stderr where they do not
 * know all that the journal does.
 */
export async function openLives(
  context: CommandContext,
  options: JournalOptions,
): Promise<LivesView> {
  const lives = openLivesView(await journalDir(context, options))
  await using journal = await openView(context, options)
  const behind = (await journal.stats()).lastSeq - lives.seq()
  if (behind > WORTH_A_WORD) {
    context.terminal.stderr.write(
      `lives are ${behind} entries behind the journal: a running agent catches up; without one: auditor journal rebuild\n`,
    )
  }
  return lives
}

/**
 * What a person calls a container.
 *
 * @throws AuditorError `usage`, with the nearest name, where nothing is called so
 */
export function requireLineages(lives: LivesView, name: string): readonly LineageRow[] {
  const found = lives.find(name)
  if (found.length > 0) return found
  const near = nearest(lives, name)
  const hint = near.length === 0 ? 'no container is known yet' : `near it: ${near.join(', ')}`
  throw new AuditorError('usage', `nothing is called ${JSON.stringify(name)}; ${hint}`)
}

/** Names said at most. */
const MOST_NAMES = 5

/** Names that contain it, then those that differ least. */
function nearest(lives: LivesView, name: string): readonly string[] {
  const names = lives
    .lineages()
    .flatMap((each) => (each.service === undefined ? [each.name] : [each.name, each.service]))
  const wanted = name.toLowerCase()
  const distance = (each: string): number =>
    each.toLowerCase().includes(wanted)
      ? 0
      : editDistance(wanted.slice(0, 64), each.toLowerCase().slice(0, 64))
  return [...new Set(names)]
    .map((each) => ({ each, far: distance(each) }))
    .sort((a, b) => a.far - b.far)
    .slice(0, MOST_NAMES)
    .map(({ each }) => each)
}

/** Where there are several, a command that speaks of one says which others there are. */
export function theLineage(lives: LivesView, name: string): LineageRow {
  const found = requireLineages(lives, name)
  if (found.length === 1) return found[0]!
  const names = found.slice(0, 10).map((each) => each.name)
  const more = found.length > names.length ? `, and ${found.length - names.length} more` : ''
  throw new AuditorError(
    'usage',
    `${JSON.stringify(name)} may be any of ${names.join(', ')}${more}`,
  )
}
