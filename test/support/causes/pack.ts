import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { traceFiles } from '../../../src/docker/trace.ts'
import type { Truth } from './truth.ts'
import { squeezed, unsqueezed } from './zipped.ts'

interface Packing {
  /** A folder with a trace. */
  readonly from: string
  readonly to: string
  /** What the engine is called in the fixture, for its host's name. */
  readonly name: string
  /** Where the engine lives on this machine. */
  readonly folder: string | undefined
  /** Behind what is there. */
  readonly add: boolean
  /** More lines of `inspect.ndjson`. */
  readonly lastLooks: readonly string[]
  readonly truth: Truth
}

/** A trace becomes a fixture: compressed, and without what is of this machine. */
export async function pack(packing: Packing): Promise<void> {
  const { from, to, name, folder, add, lastLooks, truth } = packing
  const read = async (file: string): Promise<string> =>
    anonymous(await readFile(join(from, file), 'utf8'))
  const anonymous = (text: string): string =>
    (folder === undefined ? text : text.replaceAll(folder, '/var/lib')).replaceAll(hostname(), name)
  const answers = (await read(traceFiles.inspect)).split('\n').filter((line) => line !== '')
  answers.push(...lastLooks.map(anonymous))
  answers.sort((a, b) => (at(a) < at(b) ? -1 : 1))
  await mkdir(to, { recursive: true })
  const zip = async (file: string, text: string): Promise<void> => {
    const path = join(to, `${file}.zst`)
    const before = add ? unsqueezed(await readFile(path)) : ''
    await writeFile(path, squeezed(before + text))
  }
  await zip(traceFiles.events, await read(traceFiles.events))
  await zip(traceFiles.inspect, answers.map((line) => `${withoutPlaces(line)}\n`).join(''))
  await writeFile(join(to, traceFiles.engine), await read(traceFiles.engine))
  await writeFile(join(to, 'truth.json'), `${JSON.stringify(truth, undefined, 2)}\n`)
}

/** Where the engine keeps its files is nobody's business, and a third of an answer. */
export const PLACES = ['GraphDriver', 'ResolvConfPath', 'HostnamePath', 'HostsPath', 'LogPath']

/** The line as it is, but for those: the time is no number that JavaScript could hold. */
function withoutPlaces(line: string): string {
  const { at: _at, inspect, ...rest } = JSON.parse(line) as { at: number; inspect?: object }
  if (inspect === undefined) return line
  const kept = Object.entries(inspect).filter(([name]) => !PLACES.includes(name))
  const text = JSON.stringify({ ...rest, inspect: Object.fromEntries(kept) })
  return `{"at":${at(line)},${text.slice(1)}`
}

/** Nineteen digits: they compare as text does. */
const at = (line: string): string => /^\{"at":(\d+)/.exec(line)?.[1] ?? ''
