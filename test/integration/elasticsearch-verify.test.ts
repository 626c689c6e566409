import assert from 'node:assert/strict'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { cli, replayedJournal } from '../support/cli.ts'
import { elasticsearch } from '../support/elasticsearch.ts'
import { reseal } from '../support/journal/reseal.ts'
import { requirePeer } from '../support/peers.ts'

test('what a data stream has agrees with the journal, though delivered twice and kept as columns', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const sink = `elastic://${new URL(node.url).host}?name=search&dataStream=logs-docker.audit-verified`
  const data = await replayedJournal(t, sink)
  const rewound = await cli(['sinks', 'rewind', 'search', '--to', '0', '--data', data])
  assert.equal(rewound.code, 0, rewound.stderr)
  const again = await cli(['sinks', 'drain', sink, '--data', data])
  assert.equal(again.code, 0, again.stderr)
  const { code, stdout, stderr } = await cli(['verify', '--data', data, '--sink', sink])
  assert.equal(code, 0, stdout + stderr)
  assert.match(stdout, /✔ sink \S+: (\d+) of \1 agree with the journal\n/)
})

test('what indices by date have agrees with the journal', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const sink = `elastic://${new URL(node.url).host}?index=verified-%Y.%m.%d`
  const data = await replayedJournal(t, sink)
  const { code, stdout, stderr } = await cli(['verify', '--data', data, '--sink', sink])
  assert.equal(code, 0, stdout + stderr)
  assert.match(stdout, /✔ sink \S+: (\d+) of \1 agree with the journal\n/)
})

test('documents that were changed, deleted or slipped in are found, and a chain computed anew', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const index = 'verified'
  const sink = `elastic://${new URL(node.url).host}?index=${index}`
  const data = await replayedJournal(t, sink)
  const found = await node.documents(index)
  const place = (seq: number) => found.find(({ source }) => source.event.sequence === seq)!
  const change = { doc: { container: { name: 'somebody-else' } } }
  await node.call('POST', `${index}/_update/${place(30).id}`, change)
  await node.call('DELETE', `${index}/_doc/${place(40).id}`)
  await node.call('PUT', `${index}/_doc/${'f'.repeat(32)}`, place(50).source)
  const { code, stdout } = await cli(['verify', '--data', data, '--sink', sink])
  assert.equal(code, 7, stdout)
  assert.match(stdout, /^✔ journal/)
  assert.match(stdout, /first break: entry 30 changed in the sink: its container\.name is another/)
  assert.match(stdout, /entry 40 missing in the sink: the journal has it/)
  assert.match(stdout, /entry 50 inserted in the sink: f{32} claims the place with another id/)

  {
    using db = new DatabaseSync(join(data, 'journal.db'))
    db.exec('DELETE FROM entries WHERE seq > 100')
    db.exec(
      'UPDATE meta SET next_seq = 101, head_hash = (SELECT hash FROM entries WHERE seq = 100)',
    )
    db.exec('UPDATE cursors SET confirmed = 100')
    reseal(db)
  }
  const cut = await cli(['verify', '--data', data, '--sink', sink, '-o', 'json'])
  assert.equal(cut.code, 7)
  const verdict = JSON.parse(cut.stdout) as {
    readonly trail: { readonly breaks: unknown[] }
    readonly sinks: readonly { readonly breaks: readonly { kind: string; seq: number }[] }[]
  }
  assert.deepEqual(verdict.trail.breaks, [], 'the journal alone can not tell')
  const cutOff = verdict.sinks[0]!.breaks.find(({ kind }) => kind === 'cut-off')
  assert.equal(cutOff?.seq, 101)
})

test('an Elasticsearch that is away is told, and is no verdict', async (t) => {
  const node = await requirePeer(t, elasticsearch)
  if (node === undefined) return
  const sink = `elastic://${new URL(node.url).host}?index=away`
  const data = await replayedJournal(t, sink)
  await node.kill()
  t.after(() => node.restart())
  const { code, stderr } = await cli(['verify', '--data', data, '--sink', sink])
  assert.equal(code, 5, stderr)
})
