import { createMetrics } from '../../src/agent/metrics.ts'
import { pageOf, row, table, type Page } from './page.ts'

/** docs/operations.md: its table of metrics comes from what `/metrics` says of them. */
export const operationsPage = async (): Promise<Page> =>
  pageOf('operations.md', { metrics: await metricsTable() })

async function metricsTable(): Promise<string> {
  const text = await createMetrics('0.0.0', () =>
    Promise.resolve({
      state: 'ok',
      reasons: [],
      engines: [],
      writer: { appended: 0, repeated: 0, groups: 0 },
      journal: { entries: 0, firstSeq: 1, lastSeq: 0, bytes: 0, damaged: 0 },
      sinks: [],
    }),
  ).text()
  const described = text.matchAll(/^# HELP (\S+) (.*)\n# TYPE \S+ (\S+)$/gm)
  const rows = Array.from(described, ([, name = '', help = '', type = '']) => row(name, type, help))
  return table(['metric', 'type', 'meaning'], rows)
}
