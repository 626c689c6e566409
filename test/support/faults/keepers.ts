import { request as ask } from 'node:http'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { Answer, Keeper } from './faulty-server.ts'

/** Keeps the ids of what is posted, for the HTTP sink. */
export interface IdKeeper extends Keeper {
  /** In the order of their arrival, as often as they came. */
  readonly got: readonly string[]
  /** When each came first (`Date.now()`), by id. */
  readonly arrivedAt: ReadonlyMap<string, number>
}

interface Document {
  readonly event: { readonly id: string }
}

/** @param refuses documents that make the whole request one it can't take (400) */
export function idKeeper(refuses: (document: Document) => boolean = () => false): IdKeeper {
  const got: string[] = []
  const arrivedAt = new Map<string, number>()
  return {
    got,
    arrivedAt,
    take(_, body) {
      const documents = body
        .toString()
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Document)
      if (documents.some(refuses)) return Promise.resolve({ status: 400, body: 'not that one' })
      const now = Date.now()
      for (const { event } of documents) {
        got.push(event.id)
        if (!arrivedAt.has(event.id)) arrivedAt.set(event.id, now)
      }
      return Promise.resolve({ status: 200 })
    },
  }
}

/** Passes requests on to a real server. */
export function passingOn(upstream: string): Keeper {
  const { hostname, port } = new URL(upstream)
  return {
    async take({ method, url, headers }, body): Promise<Answer> {
      const passed = ask({ hostname, port, method, path: url, headers })
      passed.end(body)
      const [response] = (await once(passed, 'response')) as [import('node:http').IncomingMessage]
      const said = Buffer.concat((await Array.fromAsync(response)) as Buffer[])
      const passedOn = Object.entries(response.headers).filter(([name]) => !hopByHop.has(name))
      return {
        status: response.statusCode!,
        headers: Object.fromEntries(passedOn) as { [name: string]: string },
        body: said,
      }
    },
    async half({ method, url, headers }, body) {
      const passed = ask({ hostname, port, method, path: url, headers })
      passed.on('error', () => undefined)
      passed.write(body)
      // Time enough for what is there to be read, and used if it were.
      await wait(50)
      passed.destroy()
    },
  }
}

const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length'])
