import { cli } from './cli.ts'

/** What `auditor sinks` says of one sink; more is in it. */
export interface ListedSink {
  readonly sink: string
  readonly state: string | null
  readonly pending: number
  readonly deadLetters: number
  readonly lastError: string | null
}

/** `auditor sinks list`, by name, of the agent that listens there. */
export async function listedSinks(
  data: string,
  listen: string,
): Promise<ReadonlyMap<string, ListedSink>> {
  const args = ['sinks', 'list', '--data', data, '--listen', listen, '-o', 'json']
  const { code, stdout, stderr } = await cli(args)
  if (code !== 0) throw new Error(stderr)
  const rows = JSON.parse(stdout) as readonly ListedSink[]
  return new Map(rows.map((row) => [row.sink, row]))
}
