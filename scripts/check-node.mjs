// Every npm script runs on the Node of devDependencies (package `node`). Where its binary was not
// installed (npm 12 blocks install scripts, `npm ci --ignore-scripts`), the machine's own Node runs
// instead: say so before anything fails in a stranger way.
const required = 24
const major = Number(process.versions.node.split('.')[0])
if (major < required) {
  process.stderr.write(
    `auditor needs Node ${required} or newer, and this is ${process.version}.\n` +
      'Its own copy comes with `npm ci`; if install scripts were blocked, run: npm rebuild node\n',
  )
  process.exit(1)
}
