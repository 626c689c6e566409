import { encodeEntry } from '../../model/entry-codec.ts'
import type { Format } from './format.ts'

/**
 * A record is the engine's own event, byte for byte as it came after redaction; a gap or marker is
 * its own written form, told apart by `kind`. A line break can only stand between JSON's tokens,
 * where a blank means the same.
 */
export const raw: Format = (entry) =>
  entry.kind === 'record' ? entry.event.line.replaceAll(/[\r\n]/g, ' ') : encodeEntry(entry)
