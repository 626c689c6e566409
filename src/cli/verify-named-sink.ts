import type { JournalView } from '../journal/journal.ts'
import type { ConfiguredSink } from '../config/load.ts'
import { compileFilter, requireFilter } from '../filter/compile.ts'

import type { Seq } from '../model/entry.ts'
import type { SinkVerdict } from '../query/verdict.ts'
import { verifySink } from '../query/verify-sink.ts'
import { sinkKinds } from '../sinks/kinds.ts'
import type { Received } from '../sinks/received.ts'
import type { CommandContext } from './command.ts'
import type { JournalOptions } from './journal-access.ts'
import { findSink } from './find-sink.ts'
import { createProgress } from './progress.ts'
import { wrongUsage } from './usage.ts'

/**
 * Compares the journal with a sink, given by its name or its URI.
 *
 * @throws AuditorError `usage` for one that is not configured, that this journal has not delivered to,
 *   or that can't be read back; `sink-unreachable`
 */
export async function verifyNamedSink(
  context: CommandContext,
  view: JournalView,
  sink: string,
  options: JournalOptions,
): Promise<SinkVerdict> {
  const { terminal, clock, signal } = context
  const configured = findSink(context, sink, options)
  const cursors = await view.cursors()
  const cursor = cursors.find((each) => each.sink === configured.name)
  if (cursor === undefined) {
    const known = cursors.map((each) => each.sink).join(', ') || 'none'
    throw wrongUsage(
      `this journal has delivered nothing to "${configured.name}" (but to: ${known})`,
    )
  }
  const deadLetters = new Set<Seq>()
  for await (const { seq } of view.deadLetters(cursor.sink)) deadLetters.add(seq)
  const received = receivedOf(configured)
  const progress = createProgress(terminal, clock, `verify ${cursor.sink}`, received.unit)
  const { filter } = configured.options
  const accepts =
    typeof filter === 'string' && filter !== '' ? compileFilter(requireFilter(filter)) : undefined
  try {
    return await verifySink(
      { trail: view, cursor, received, deadLetters, ...(accepts === undefined ? {} : { accepts }) },
      { signal, onProgress: (done, total) => progress.update(done, total) },
    )
  } finally {
    progress.stop()
    await received.close()
  }
}

function receivedOf({ name, kind, options }: ConfiguredSink): Received {
  const found = sinkKinds.find((each) => each.kind === kind)
  const received = found?.received?.(options)
  if (received !== undefined) return received
  const able = sinkKinds.filter((each) => each.received !== undefined).map((each) => each.kind)
  throw wrongUsage(
    `what was given to ${name} (${kind}) can't be read back: only ${able.join(' and ')} can`,
  )
}
