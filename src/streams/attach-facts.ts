import type { ContainerFacts } from '../model/container-facts.ts'
import { actionName, type DockerEvent } from '../model/docker-event.ts'
import type { Enrichment, Record } from '../model/entry.ts'
import type { Answer } from './ask.ts'
import type { Known } from './facts-cache.ts'
import { labelsShadowAttributes } from './shadowing.ts'

/** A record with its facts, and what is known of the container from now on. */
export interface Attached {
  readonly record: Record
  readonly remember?: Known
}

/**
 * Gives a container's record its facts: those just asked for, else the remembered ones.
 *
 * @param answer what inspect said, where it was asked for this event
 * @param known what is remembered of the container
 */
export function attachFacts(
  record: Record,
  answer: Answer | undefined,
  known: Known | undefined,
): Attached {
  if (record.container !== undefined) {
    // A snapshot brings its facts along.
    return {
      record: withFacts(record, record.container, record.enrichment),
      remember: record.container,
    }
  }
  if (answer?.status === 'facts' && isOfThatLife(record.event, answer.facts)) {
    return { record: withFacts(record, answer.facts, 'fresh'), remember: answer.facts }
  }
  if (known !== undefined && known !== 'gone') {
    const facts = renamed(record.event, known)
    return { record: withFacts(record, facts, 'cached'), remember: facts }
  }
  return {
    record: { ...record, enrichment: 'missing' },
    ...(answer?.status === 'gone' ? { remember: 'gone' } : {}),
  }
}

function withFacts(record: Record, container: ContainerFacts, enrichment: Enrichment): Record {
  return {
    ...record,
    enrichment,
    container,
    flags: labelsShadowAttributes(container)
      ? [...record.flags, 'label-shadows-attribute']
      : record.flags,
  }
}

/**
 * An inspect asked at `die` may show the next life already (up to 6 % of them, more on Podman): then
 * its state says nothing about the end that the event tells of.
 */
function isOfThatLife(event: DockerEvent, facts: ContainerFacts): boolean {
  if (actionName(event.action) !== 'die') return true
  const { status, startedAt } = facts.state
  if (status === 'running' || status === 'paused') return false
  return startedAt === undefined || startedAt <= event.time
}

/** A rename tells the new name itself. */
function renamed(event: DockerEvent, facts: ContainerFacts): ContainerFacts {
  const name = event.attributes['name']
  if (event.action !== 'rename' || name === undefined || name === facts.name) return facts
  return { ...facts, name }
}
