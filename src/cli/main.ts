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
  // Loading leaves the young generation at its largest, where it would stay: 17 MiB for nothing.
  setFlagsFromString('--semi-space-growth-factor=1')
  const { optimizeNothing } = await import('./optimize.ts')
  optimizeNothing() // until there is work
  const { main } = await import('./program.ts')
  process.exitCode = await main(process.argv.slice(2))
}
