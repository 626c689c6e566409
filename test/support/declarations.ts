import { z } from 'zod'
import type { SinkDeclaration } from '../../src/config/option-declaration.ts'
import { bytes, durationMs, flag, integer, port, secret } from '../../src/config/option-types.ts'

const common = {
  name: z.string().optional().describe('its name'),
  filter: z.string().optional().describe('its filter'),
  batch: integer({ min: 1, max: 10_000 }).prefault(500).describe('most at once'),
  every: durationMs().prefault('1s').describe('how long to wait'),
}

const search: SinkDeclaration = {
  kind: 'search',
  schemes: ['search', 'search+https'],
  summary: 'A search engine',
  examples: ['search:'],
  options: z
    .strictObject({
      ...common,
      host: z.string().prefault('127.0.0.1').describe('where it is'),
      port: port().prefault(9200).describe('its port'),
      index: z.string().optional().describe('where it puts them'),
      tls: flag().prefault(false).describe('encrypted or not'),
      username: z.string().optional().describe('who'),
      password: secret().optional().describe('and the proof'),
      headers: z.record(z.string(), secret()).default({}).describe('more'),
    })
    .refine((options) => options.password === undefined || options.username !== undefined, {
      error: 'a password needs a username',
      path: ['password'],
    }),
  fromUri: ({ scheme, host, port, username, password, path }) => ({
    host,
    port,
    username,
    password,
    ...(path.length > 1 ? { index: path.slice(1) } : {}),
    ...(scheme.endsWith('+https') ? { tls: true } : {}),
  }),
}

const lines: SinkDeclaration = {
  kind: 'lines',
  schemes: ['lines'],
  summary: 'A file of lines',
  examples: ['lines:///tmp/x'],
  options: z.strictObject({
    ...common,
    path: z.string().describe('which file'),
    rotate: bytes({ min: '1KiB' }).optional().describe('when to begin a new one'),
    tag: z.array(z.string()).or(z.string()).optional().describe('any number of words'),
  }),
  fromUri: ({ path }) => (path === '' ? {} : { path }),
}

/** Two kinds of sinks that exist for tests of the configuration only. */
export const testKinds: readonly SinkDeclaration[] = [search, lines]

/** One more, which looks at several hosts. */
export const many: SinkDeclaration = {
  kind: 'many',
  schemes: ['many'],
  summary: 'Several servers',
  examples: ['many://a:1,b:2'],
  options: z.strictObject({ ...common, hosts: z.array(z.string()).describe('where they are') }),
  fromUri: ({ host = '', port, moreHosts = [] }) => ({
    hosts: [{ host, port }, ...moreHosts].map((each) =>
      each.port === undefined ? each.host : `${each.host}:${each.port}`,
    ),
  }),
}
