import { LRUCache } from 'lru-cache'
import type { ContainerFacts } from '../model/container-facts.ts'

/** What is known of a container: its facts, or that the engine has no such container any more. */
export type Known = ContainerFacts | 'gone'

/** The last facts of the containers seen, the least recently used forgotten first. */
export interface FactsCache {
  get(id: string): Known | undefined
  set(id: string, known: Known): void
  delete(id: string): void
}

export interface FactsCacheOptions {
  /** Most containers. Default 10,000. */
  readonly maxEntries?: number
  /** Approximate memory of all facts in bytes; larger facts are not kept. Default 32 MiB. */
  readonly maxBytes?: number
}

export function createFactsCache(options: FactsCacheOptions = {}): FactsCache {
  const { maxEntries = 10_000, maxBytes = 32 * 1024 * 1024 } = options
  const cache = new LRUCache<string, { readonly known: Known }>({
    max: maxEntries,
    maxSize: maxBytes,
    sizeCalculation: ({ known }) => (known === 'gone' ? 100 : approximateBytes(known)),
  })
  return {
    get: (id) => cache.get(id)?.known,
    set: (id, known) => void cache.set(id, { known }),
    delete: (id) => void cache.delete(id),
  }
}

/** The texts that can be long, and a flat amount for the rest. */
function approximateBytes(facts: ContainerFacts): number {
  let units = 1_000 + facts.name.length + facts.image.name.length
  for (const [name, value] of Object.entries(facts.labels)) units += 60 + name.length + value.length
  for (const part of facts.command) units += 20 + part.length
  for (const part of facts.healthCheck?.test ?? []) units += 20 + part.length
  for (const name of facts.envNames) units += 20 + name.length
  units += facts.state.error.length
  units += 150 * (facts.ports.length + facts.networks.length)
  for (const mount of facts.mounts) units += 100 + mount.source.length + mount.destination.length
  return units
}
