import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFileSink, type FileOptions } from '../../src/sinks/file/file.ts'
import { linesOf } from '../support/rotated-files.ts'
import { sinkSuite } from './sink-suite.ts'

interface Document {
  readonly event: { readonly id: string }
}

const settings: FileOptions = {
  path: '',
  format: 'ecs',
  keep: 5,
  gzip: false,
  batch: 500,
  every: 0,
  timeout: 10_000,
}

for (const [kind, options] of [
  ['file', {}],
  ['file, rotating', { rotate: 4096, keep: 1000 }],
] as const) {
  sinkSuite({
    kind,
    async make() {
      const directory = await mkdtemp(join(tmpdir(), 'auditor-file-'))
      const path = join(directory, 'sub', 'a.ndjson')
      const sink = createFileSink({ ...settings, path, ...options }, 'archive')
      return {
        sink,
        async received() {
          return (await linesOf(path)).map((line) => (JSON.parse(line) as Document).event.id)
        },
        // The volume is gone and something else is in its place.
        async away() {
          await rename(join(directory, 'sub'), join(directory, 'kept'))
          await mkdir(path, { recursive: true })
        },
        async back() {
          await rm(join(directory, 'sub'), { recursive: true })
          await rename(join(directory, 'kept'), join(directory, 'sub'))
        },
        async dispose() {
          await rm(directory, { recursive: true })
        },
      }
    },
  })
}
