import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Seq } from '../model/entry.ts'
import type { OpenAlert } from './open-alert.ts'
import { exactText } from '../model/exact-json.ts'

/** What outlives the process: the place in the journal and what is known there. */
export interface SavedAlerts {
  /** Which journal the place is of. */
  readonly epoch: string
  /** The last entry that was looked at. */
  readonly seq: Seq
  /** On the fold's time line, and the wall clock at that moment: ms. */
  readonly now: number
  readonly wall: number
  readonly alerts: readonly OpenAlert[]
  /** Entries in their written form that are told and may not be in the journal yet. */
  readonly outbox: readonly string[]
}

export interface AlertStore {
  /** `undefined` where there is none. Throws where it can't be read. */
  load(): Promise<SavedAlerts | undefined>
  save(saved: SavedAlerts): Promise<void>
}

const ALERTS_FILE = 'alerts.json'

/** A small file beside the journal, replaced as a whole: after a crash it is the old one or the new one. */
export function createAlertStore(dir: string): AlertStore {
  const file = join(dir, ALERTS_FILE)
  return {
    async load() {
      let text: string
      try {
        text = await readFile(file, 'utf8')
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw thrown
      }
      return decodeSaved(text)
    },
    async save(saved) {
      const fresh = `${file}.new`
      const handle = await open(fresh, 'w', 0o600)
      try {
        await handle.writeFile(encodeSaved(saved))
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(fresh, file)
    },
  }
}

const encodeSaved = (saved: SavedAlerts): string => exactText(saved)

/** @throws SyntaxError where it was not written by `encodeSaved` */
export function decodeSaved(text: string): SavedAlerts {
  return JSON.parse(text, (name, value: unknown) =>
    name === 'since' && typeof value === 'string' ? BigInt(value) : value,
  ) as SavedAlerts
}
