#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8'

// Looks at Node's version before anything is imported that an older one can't even parse.
const [major = 0] = process.versions.node.split('.').map(Number)
if (major < 24) {
  process.stderr.write(
    `auditor needs Node 24 or newer, and this is ${process.version}.\n` +
      'In a clone, run it through npm, which brings its own: npm start, npm run auditor -- COMMAND\n',
  )
  process.exitCode = 1
} else {
  // Without work V8 need not set itself up for any: an agent that idles takes 40 MiB less. Before any
  // import, since what is done with their paths is hot already. `endSparing` takes all but the last
  // back.
  const sparing = [
    '--no-opt', // the optimising compilers' own code: 13 MiB
    '--no-maglev',
    '--no-short-builtin-calls', // which a thread maps V8's builtins once more for: 1.4 MiB each
    '--optimize-for-size', // of the heaps of the agent and of the journal's threads: 5 MiB
    '--semi-space-growth-factor=1', // the young generation would stay at its largest: 17 MiB
  ]
  for (const flag of sparing) setFlagsFromString(flag)
  const { main } = await import('./program.ts')
  process.exitCode = await main(process.argv.slice(2))
}
