import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execOptions } from '../../src/sinks/exec/options.ts'
import { createExecSink } from '../../src/sinks/exec/sink.ts'
import { sinkSuite } from './sink-suite.ts'

interface Written {
  readonly id: string
}

/** What is killed on its way leaves a part behind that counts for nothing; `$0` says where. */
const PROGRAM = `#!/bin/sh
cd "\${0%/*}" || exit 1
n=$(ls | wc -l)
cat > "part-$n" && mv "part-$n" "$(printf 'batch-%04d' "$n")"
`

sinkSuite({
  kind: 'exec',
  async make() {
    const directory = await mkdtemp(join(tmpdir(), 'auditor-exec-'))
    const command = join(directory, 'program')
    await writeFile(command, PROGRAM, { mode: 0o755 })
    const options = execOptions.parse({ command, batch: 500, giveUp: '90d' })
    return {
      sink: createExecSink(options, 'program'),
      async received() {
        const batches = (await readdir(directory)).filter((name) => name.startsWith('batch-'))
        const texts = await Promise.all(
          batches.toSorted().map((name) => readFile(join(directory, name), 'utf8')),
        )
        const lines = texts.join('').split('\n').slice(0, -1)
        return lines.map((line) => (JSON.parse(line) as Written).id)
      },
      away: () => chmod(command, 0o644),
      back: () => chmod(command, 0o755),
      dispose: () => rm(directory, { recursive: true }),
    }
  },
})
