import { posix } from 'node:path'

/**
 * The folders of src by layer, as ARCHITECTURE.md draws them. A file imports from its own folder or
 * from a lower layer; two folders of one layer do not know each other.
 */
const layers: { readonly [folder: string]: number } = {
  model: 0,
  actors: 1,
  config: 2,
  filter: 3,
  docker: 3,
  profiles: 4,
  streams: 4,
  journal: 5,
  lives: 6,
  sinks: 6,
  alerts: 7,
  query: 7,
  agent: 8,
  web: 9,
  cli: 10,
  testing: 11,
}

/** They export what others made and may import anything; nothing imports them. */
const surfaces = ['src/index.ts', 'src/testing.ts']

/** Packages that have a home: the only files that may import them. */
const homes: readonly {
  readonly name: string
  readonly files: readonly string[]
  readonly typesAnywhere?: boolean
}[] = [
  { name: 'dockerode', files: ['src/docker/dockerode.ts'] },
  {
    name: 'rxjs',
    files: ['src/streams/', 'src/actors/', 'src/journal/', 'src/agent/'],
    typesAnywhere: true,
  },
  { name: '@elastic/elasticsearch', files: ['src/sinks/'] },
  { name: 'commander', files: ['src/cli/'] },
  { name: 'node:sqlite', files: ['src/journal/', 'src/lives/'] },
]

/** One import: from a file to a file (`src/...`) or to a package (`rxjs`, `node:fs`). */
export interface Arrow {
  readonly from: string
  readonly to: string
  readonly typesOnly: boolean
}

const patterns = [
  // import x from 'y', import type x from 'y', export * from 'y'
  /^[ \t]*(?:import|export)\b(?<types> type\b)?[\w$\s{},*]*?\bfrom\s*['"](?<to>[^'"]+)['"]/gm,
  // import 'y'
  /^[ \t]*import\s*['"](?<to>[^'"]+)['"]/gm,
  // import('y'), typeof import('y'), require('y'), require.resolve('y')
  /\b(?:import|require(?:\.resolve)?)\s*\(\s*(?:['"`](?<to>[^'"`]+)['"`]|(?<computed>[^)]*))/g,
  // new URL('./worker.ts', import.meta.url)
  /\bnew URL\(\s*['"`](?<to>\.[^'"`]+)['"`]\s*,\s*import\.meta\.url/g,
]

/** All imports of one file: static, of types, re-exports, dynamic, and of workers. */
export function arrowsOf(path: string, text: string): Arrow[] {
  const code = text.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, '')
  const arrows: Arrow[] = []
  for (const pattern of patterns) {
    for (const { groups } of code.matchAll(pattern)) {
      const target = groups?.['to'] ?? `computed: ${groups?.['computed']}`
      const to = target.startsWith('.') ? posix.join(posix.dirname(path), target) : target
      arrows.push({ from: path, to, typesOnly: groups?.['types'] !== undefined })
    }
  }
  return arrows
}

/** What is wrong with an arrow, or `undefined`. */
export function offence(arrow: Arrow): string | undefined {
  const wrong = arrow.to.startsWith('src/') ? betweenFiles(arrow) : toPackage(arrow)
  return wrong === undefined ? undefined : `${arrow.from} -> ${arrow.to}: ${wrong}`
}

function betweenFiles({ from, to }: Arrow): string | undefined {
  if (surfaces.includes(to)) return 'nothing imports the surface'
  if (surfaces.includes(from)) return undefined
  const [source, target] = [folderOf(from), folderOf(to)]
  const [above, below] = [layers[source], layers[target]]
  if (above === undefined) return `the folder ${source} has no layer`
  if (below === undefined) return `the folder ${target} has no layer`
  if (source === target || below < above) return undefined
  return `${source} (${above}) may not know ${target} (${below})`
}

function toPackage({ from, to, typesOnly }: Arrow): string | undefined {
  if (to.startsWith('computed: ')) return 'the target of an import must be a literal'
  if (to.startsWith('..') || posix.isAbsolute(to) || /^(?:test|bench|scripts|examples)\//.test(to))
    return 'src imports nothing outside src'
  if (folderOf(from) === 'model' && !to.startsWith('node:')) return 'the model needs no package'
  const home = homes.find(({ name }) => to === name || to.startsWith(`${name}/`))
  if (home === undefined || surfaces.includes(from)) return undefined
  if (typesOnly && home.typesAnywhere === true) return undefined
  if (home.files.some((file) => from === file || (file.endsWith('/') && from.startsWith(file))))
    return undefined
  return `${home.name} is imported by ${home.files.join(', ')} only`
}

function folderOf(path: string): string {
  return path.split('/')[1] ?? ''
}
