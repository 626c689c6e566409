import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { causeFixtures } from '../causes/fixtures.ts'
import { entriesOf } from '../causes/told.ts'
import { linesOf, toldOf } from './told.ts'

// Writes what `watch` says of the recordings of causes, to be read before it is committed.
const dir = join(import.meta.dirname, '../../fixtures/episodes')
for (const engine of causeFixtures) {
  const lines = linesOf(toldOf(await entriesOf(engine)))
  await writeFile(join(dir, `${engine}.txt`), `${lines.join('\n')}\n`)
}
