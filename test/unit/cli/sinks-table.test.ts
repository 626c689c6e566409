import assert from 'node:assert/strict'
import { test } from 'node:test'
import { print } from '../../../src/cli/output.ts'
import { sinksTable, type SinkRow } from '../../../src/cli/sinks-table.ts'
import { createTerminal } from '../../support/terminal.ts'

const now = BigInt(Date.UTC(2026, 10, 22, 12)) * 1_000_000n
const cursor = {
  since: 0,
  confirmed: 7,
  pending: 0,
  delivered: 7,
  deadLetters: 0,
  dropped: 0,
  discarded: 0,
  damaged: 0,
}

async function printed(row: SinkRow, format: 'table' | 'json'): Promise<string> {
  const terminal = createTerminal({})
  await print(terminal, format, [row], sinksTable(now), new AbortController().signal)
  return terminal.printed.stdout
}

test('a sink that is away: how far behind, since when, when next, and why', async () => {
  const at = Number(now / 1_000_000n)
  const row: SinkRow = {
    ...cursor,
    sink: 'es',
    pending: 12,
    oldestPending: now - 192_400_000_000n,
    unserved: false,
    agent: {
      state: 'retrying',
      lastError: 'connect ECONNREFUSED',
      lastErrorAt: at - 1000,
      failingSince: at - 190_000,
      retryAt: at + 4000,
    },
  }
  const table = await printed(row, 'table')
  assert.match(table, /^SINK +STATE +WAITING +BEHIND +CONFIRMED .* LAST ERROR$/m)
  assert.match(table, /^es +retrying +12 +3m12s +7 +0 +0 +2026-11-2\d .* connect ECONNREFUSED$/m)
  const [json] = JSON.parse(await printed(row, 'json')) as [{ readonly [field: string]: unknown }]
  assert.deepEqual(
    [json['behindMs'], json['failingSince'], json['retryAt'], json['lastSuccessAt']],
    [192_400, '2026-11-22T11:56:50.000000000Z', '2026-11-22T12:00:04.000000000Z', null],
  )
})

test('without an agent: what the last one left behind', async () => {
  const at = Number(now / 1_000_000n)
  const row: SinkRow = {
    ...cursor,
    sink: 'es',
    unserved: false,
    lastError: 'connect ECONNREFUSED',
    lastErrorAt: at - 1000,
    failingSince: at - 190_000,
  }
  const told = async (of: SinkRow) => {
    const [json] = JSON.parse(await printed(of, 'json')) as [{ readonly [field: string]: unknown }]
    return [json['state'], json['lastError'], json['lastErrorAt'], json['failingSince']]
  }
  const error = ['connect ECONNREFUSED', '2026-11-22T11:59:59.000000000Z']
  assert.deepEqual(await told(row), [null, ...error, '2026-11-22T11:56:50.000000000Z'])
  assert.match(await printed(row, 'table'), /^es +- .*2026-11-2\d .* connect ECONNREFUSED$/m)
  const well = { ...row, agent: { state: 'idle' } }
  assert.deepEqual(await told(well), ['idle', ...error, null], 'with one that is well')
})

test('what is not known is not guessed: without an agent, and with one that has other sinks', async () => {
  assert.match(await printed({ ...cursor, sink: 'es', unserved: false }, 'table'), /^es +- +0/m)
  assert.match(
    await printed({ ...cursor, sink: 'es', unserved: true }, 'table'),
    /^es +not served/m,
  )
})
