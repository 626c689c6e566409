import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger, type LogSettings } from '../../../src/cli/logger.ts'
import { createTerminal } from '../../support/terminal.ts'

async function logged(format: LogSettings['format'], ...lines: readonly [object, string][]) {
  const terminal = createTerminal()
  const log = createLogger({ level: 'info', format }, terminal)
  for (const [fields, message] of lines) log.warn(fields, message)
  log.debug({}, 'not shown')
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(terminal.printed.stdout, '', 'the log has stderr')
  return terminal.printed.stderr
}

test('elsewhere than on a terminal it is one JSON object a line', async () => {
  const text = await logged('auto', [{ sink: 'es', err: new Error('boom') }, 'es is away'])
  const { time, ...line } = JSON.parse(text) as { time: string }
  assert.deepEqual(line, { level: 'warn', sink: 'es', err: 'boom', msg: 'es is away' })
  assert.match(time, /^\d{4}-\d\d-\d\dT/)
})

test('for people it is one line, which says nothing twice', async () => {
  const text = await logged('pretty', [{ sink: 'es', waiting: 3 }, 'sink es is away'])
  assert.match(text, /^\d\d:\d\d:\d\d warn {2}sink es is away {2}waiting=3\n$/)
})

test('control characters in a message do not reach a terminal', async () => {
  assert.match(await logged('pretty', [{}, 'a\u001b[31mb\nc']), /a\\u\{1b\}\[31mb\\nc\n$/)
})
