import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cli, scratch } from '../support/cli.ts'
import { start } from '../support/cli-process.ts'

test('npm run demo tells a story within 5 s, and what it suggests works', async (t) => {
  const begun = performance.now()
  const demo = start(t, ['scripts/demo.ts'], {
    TMPDIR: await scratch(t),
    DOCKER_HOST: 'unix:///no',
  })
  assert.deepEqual([await demo.ended, demo.stderr], [0, ''])
  t.diagnostic(`took ${Math.round(performance.now() - begun)} ms (aim: 5000)`)
  for (const told of [
    /^221 events replayed in .* 155 kept in a journal, 66 of health checks only counted\.$/m,
    /^ {2}job-a-3 .* died 0 after 0\.3 s$/m,
    /^ {2}bad-a .* could not be started: \/no\/such\/binary$/m,
    /^ {2}web-a .* asked to stop by SIGTERM, did not heed it, killed after 1\.1 s$/m,
    /^ {2}redis-a .* somebody sent SIGKILL$/m,
    /^ {2}hog-a .* out of memory: its limit is 12 MiB$/m,
    /^ {2}loop-a .* a crash loop: exit 17, 5 times$/m,
  ])
    assert.match(demo.stdout, told)

  const suggested = [...demo.stdout.matchAll(/npm run -s auditor -- (.*)$/gm)]
  assert.equal(suggested.length, 3)
  for (const [, line = ''] of suggested) {
    const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(
      ([, quoted, plain]) => quoted ?? plain!,
    )
    const { code, stdout, stderr } = await cli(words)
    assert.deepEqual([code, stderr], [0, ''], line)
    assert.ok(stdout.split('\n').length > 3, line)
  }
})
