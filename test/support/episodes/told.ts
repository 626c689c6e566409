import { entryLine, type EntryLine } from '../../../src/cli/entry-line.ts'
import { episodeLine } from '../../../src/cli/episode-line.ts'
import { execLine } from '../../../src/cli/exec-line.ts'
import type { Entry } from '../../../src/model/entry.ts'
import type { Told } from '../../../src/model/life/episode.ts'
import { createEpisodes } from '../../../src/streams/episodes.ts'

/** All that is told of these entries where the engine's own time is all there is. */
export function toldOf(entries: readonly Entry[]): Told[] {
  const episodes = createEpisodes()
  return [...entries.flatMap((entry) => episodes.take(entry, 0)), ...episodes.end()]
}

function lineOf(told: Told): EntryLine {
  switch (told.kind) {
    case 'episode':
      return episodeLine(told)
    case 'exec':
      return execLine(told)
    case 'single':
      return entryLine(told.entry)
  }
}

/**
 * A line a container, with what `watch` says of it in order. Of each scenario only the first container:
 * the others differ in how long the machine took.
 */
export function linesOf(told: readonly Told[]): string[] {
  const lines = new Map<string, string[]>()
  for (const each of told) {
    const { life } = each
    if (life === undefined || !life.name.endsWith('-01')) continue
    const { what, detail } = lineOf(each)
    const text = detail === '' ? what : `${what}: ${detail}`
    lines.set(life.name, [...(lines.get(life.name) ?? []), text])
  }
  return Array.from(lines, ([name, said]) => [name, ...said].join('\n  ')).sort()
}
