import { afterWord, type KnownContainer } from '../model/container-state.ts'
import { wordOf, type ContainerWord } from '../model/container-word.ts'
import type { Record } from '../model/entry.ts'

/** The containers of one engine as far as they were told: what a hole is compared with. */
export interface KnownContainers {
  get(id: string): KnownContainer | undefined
  /** As it was at the last `mark`, here and below. */
  before(id: string): KnownContainer | undefined
  /** Those that were known. */
  idsBefore(): Iterable<string>
  /** Whether its removal was told since; after 20,000 removals that is said of all. */
  isGone(id: string): boolean
  /**
   * @param early it stands before the place up to which the engine was followed: it may have been told
   *   already
   */
  take(record: Record, early?: boolean): void
  /** From here on there is a before: what is known now. */
  mark(): void
  /** Nobody asks any more for what was before. */
  forgetBefore(): void
  /**
   * Knows this instead, as marked, and then what was told while it was asked for.
   * @throws Error where more was told meanwhile than can be held
   */
  reload(states: Promise<readonly KnownContainer[]>): Promise<void>
}

/** Most containers known; beyond it those that were told of longest ago are forgotten. */
const MAX_CONTAINERS = 10_000
/** Removals that are remembered: all that were known, and as many that came and went since. */
const MAX_GONE = 20_000
/** Most words that are held while states are asked for. */
const MAX_HELD = 20_000

export function createKnownContainers(): KnownContainers {
  let known = new Map<string, KnownContainer>()
  let before: ReadonlyMap<string, KnownContainer> = new Map()
  /** Set while somebody asks for what was before. */
  let gone: Set<string> | undefined
  let held: ContainerWord[] | undefined

  function set(id: string, state: KnownContainer): void {
    known.delete(id) // the last told stands last
    known.set(id, state)
    if (known.size <= MAX_CONTAINERS) return
    for (const oldest of known.keys()) {
      known.delete(oldest)
      break
    }
  }

  function apply(word: ContainerWord): void {
    const { id } = word
    const state = known.get(id)
    const next = afterWord(state, word, gone !== undefined)
    if (word.says === 'gone') {
      known.delete(id)
      if (gone !== undefined && gone.size < MAX_GONE) gone.add(id)
    } else if (next !== undefined && next !== state) {
      set(id, next)
    }
  }

  function mark(): void {
    before = new Map(known)
    gone = new Set()
  }

  return {
    get: (id) => known.get(id),
    before: (id) => before.get(id),
    idsBefore: () => before.keys(),
    isGone: (id) => gone !== undefined && (gone.has(id) || gone.size >= MAX_GONE),
    take(record, early = false) {
      const word = wordOf(record)
      if (word === undefined) return
      if (early) {
        const state = known.get(word.id)
        if (state === undefined || word.time <= state.at) return
      }
      if (held !== undefined && held.length <= MAX_HELD) held.push(word)
      apply(word)
    },
    mark,
    forgetBefore() {
      before = new Map()
      gone = undefined
      for (const [id, { isPartial }] of known) if (isPartial === true) known.delete(id)
    },
    async reload(asked) {
      const words: ContainerWord[] = []
      held = words
      try {
        const states = await asked
        if (words.length > MAX_HELD) throw new Error('too much was told while it was asked for')
        known = new Map(states.map((state) => [state.id, state]))
        mark()
        for (const word of words) apply(word)
      } finally {
        if (held === words) held = undefined
      }
    },
  }
}
