import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, fetch } from 'undici'
import { peer } from './peers.ts'
import { run } from './run.ts'

const folder = join(import.meta.dirname, 'elasticsearch')

/** Far below the usual 100 MB, so that a test of the limit need not send that much. */
const LIMITED = ['-E', 'http.max_content_length=8mb']

/** A real, single Elasticsearch on 127.0.0.1. */
export interface ElasticsearchNode {
  /** `http://127.0.0.1:PORT`, the same through all restarts. */
  readonly url: string
  readonly version: string
  /** Of one that is guarded: its superuser, and the file of its certificate. */
  readonly username?: string
  readonly password?: string
  readonly ca?: string
  /** As `kill -9` does; returns when the process is gone. */
  kill(): Promise<void>
  /** Starts it again on the same port and data, and waits until it answers. */
  restart(): Promise<void>
  /** One call of its API; throws on a status of 400 or more. */
  call(method: string, path: string, body?: unknown): Promise<unknown>
  /** What can be found now, by place in the journal; at most 10,000. Default query: everything. */
  documents(target: string, query?: object): Promise<readonly FoundDocument[]>
  /** The ids of all documents there are now, however many, as often as there are. */
  ids(target: string): Promise<readonly string[]>
}

export interface FoundDocument {
  readonly id: string
  readonly source: { readonly event: { readonly id: string; readonly sequence: number } }
}

/**
 * The Elasticsearch of this process: started at its first use, ended with the process.
 * It is missing where nobody has prepared it, for a test must not download 946 MB by itself.
 */
export const elasticsearch = peerWith('Elasticsearch', LIMITED)

/** Another one, with TLS and users, that soon has more to index at once than it takes. */
export const guardedElasticsearch = peerWith('Elasticsearch with security', [
  ...LIMITED,
  '-E',
  'indexing_pressure.memory.limit=300kb',
  '--tls',
])

function peerWith(name: string, settings: readonly string[]) {
  return peer<ElasticsearchNode>(name, async () => {
    if (!existsSync(join(preparedHome(), '.complete')))
      return { missing: 'not prepared (cure: test/support/elasticsearch/start --prepare, 946 MB)' }
    const data = await mkdtemp(join(tmpdir(), 'auditor-elasticsearch-'))
    process.once('exit', () => {
      killNow(data)
      rmSync(data, { recursive: true, force: true })
    })
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
    return started(data, settings)
  })
}

async function started(data: string, settings: readonly string[]): Promise<ElasticsearchNode> {
  const { url, version, port, user: username, password, ca } = await start(data, 0, settings)
  const guard = ca === undefined ? {} : { username: username!, password: password!, ca }
  const dispatcher = new Agent(ca === undefined ? {} : { connect: { ca: readFileSync(ca) } })
  const basic = Buffer.from(`${username}:${password}`).toString('base64')
  const authorization = ca === undefined ? {} : { authorization: `Basic ${basic}` }

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${url}/${path}`, {
      method,
      dispatcher,
      headers: { 'content-type': 'application/json', ...authorization },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  async function ids(target: string): Promise<readonly string[]> {
    await call('POST', `${target}/_refresh`)
    const opened = (await call('POST', `${target}/_pit?keep_alive=1m`)) as { id: string }
    const found: string[] = []
    for (let after: readonly unknown[] | undefined; ;) {
      const answer = (await call('POST', '_search', {
        pit: { id: opened.id },
        size: 10_000,
        _source: false,
        sort: ['_shard_doc'],
        ...(after === undefined ? {} : { search_after: after }),
      })) as { hits: { hits: { _id: string; sort: unknown[] }[] } }
      const { hits } = answer.hits
      if (hits.length === 0) break
      found.push(...hits.map(({ _id }) => _id))
      after = hits.at(-1)!.sort
    }
    await call('DELETE', '_pit', { id: opened.id })
    return found
  }

  return {
    url,
    version,
    ...guard,
    ids,
    kill: () => stop(data),
    restart: async () => void (await start(data, port, settings)),
    call,
    async documents(target, query = { match_all: {} }) {
      await call('POST', `${target}/_refresh`)
      const search = { query, size: 10_000, sort: [{ 'event.sequence': 'asc' }] }
      const answer = (await call('POST', `${target}/_search`, search)) as {
        hits: { hits: { _id: string; _source: FoundDocument['source'] }[] }
      }
      return answer.hits.hits.map(({ _id: id, _source: source }) => ({ id, source }))
    },
  }
}

interface Ready {
  readonly url: string
  readonly port: number
  readonly version: string
  readonly user?: string
  readonly password?: string
  readonly ca?: string
}

async function start(data: string, port: number, settings: readonly string[]): Promise<Ready> {
  const args = ['--data', data, '--port', String(port), ...settings]
  const { stdout } = await run(join(folder, 'start'), args)
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Ready
}

async function stop(data: string): Promise<void> {
  await run(join(folder, 'stop'), [data, '--kill'])
}

function killNow(data: string): void {
  const pidFile = join(data, 'pid')
  if (!existsSync(pidFile)) return
  const pid = Number(readFileSync(pidFile, 'utf8'))
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Where `start --prepare` leaves its work: by the same rule as the script's own. */
function preparedHome(): string {
  const version = /^version=(.+)$/m.exec(readFileSync(join(folder, 'start'), 'utf8'))![1]!
  const stamp = createHash('sha256')
    .update(readFileSync(join(folder, 'pom.xml')))
    .digest('hex')
  const caches = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const cache = process.env['ES_CACHE'] ?? join(caches, 'elasticsearch-for-tests')
  return join(cache, `${version}-${stamp.slice(0, 12)}`)
}
