import { Option } from 'commander'
import type { ConfiguredSink } from '../../config/load.ts'
import type { Asset, SinkAssets } from '../../sinks/assets.ts'
import { sinkKinds } from '../../sinks/kinds.ts'
import type { CommandContext, RegisterCommand } from '../command.ts'
import { findSink } from '../find-sink.ts'
import { printableText } from '../output.ts'
import { wrongUsage } from '../usage.ts'

interface Options {
  readonly config?: string
  readonly install?: boolean
  readonly output: 'console' | 'json'
}

export const registerAssets: RegisterCommand = (program, context) => {
  program
    .command('assets')
    .summary('print or install what a sink needs on its server')
    .description(
      'Prints the index templates that an Elasticsearch sink needs, as requests for the console of Kibana, ' +
        'or installs them: for those who may not let an agent do so (template: false). What somebody else ' +
        'made under the same name is left alone.',
    )
    .argument('<sink>', 'its name in the configuration, or its URI')
    .option(
      '-c, --config <file>',
      'configuration file (default: auditor.yaml, /etc/auditor/auditor.yaml)',
    )
    .option('--install', 'install them with the settings of the sink')
    .addOption(
      new Option('-o, --output <format>', 'how to print')
        .choices(['console', 'json'])
        .default('console'),
    )
    .addHelpText(
      'after',
      `
Examples:
  $ auditor assets elastic:
  $ auditor assets 'elastic:?retention=30d' -o json
  $ auditor assets search --config /etc/auditor/auditor.yaml --install`,
    )
    .action((sink: string, options: Options) => run(context, sink, options))
}

async function run(context: CommandContext, sink: string, options: Options): Promise<void> {
  const { stdout } = context.terminal
  const { assets, install } = assetsOf(findSink(context, sink, options))
  if (options.install !== true) {
    stdout.write(options.output === 'json' ? jsonOf(assets) : assets.map(requestText).join('\n'))
    return
  }
  const states = await install(context.signal)
  if (options.output === 'json') stdout.write(jsonOf(states))
  else for (const { state, path } of states) stdout.write(`${state}: ${printableText(path)}\n`)
}

function assetsOf({ name, kind, options }: ConfiguredSink): SinkAssets {
  const found = sinkKinds.find((each) => each.kind === kind)?.assets?.(options)
  if (found !== undefined) return found
  const able = sinkKinds.filter((each) => each.assets !== undefined).map((each) => each.kind)
  throw wrongUsage(`${name} (${kind}) needs nothing on its server: only ${able.join(' and ')} does`)
}

const jsonOf = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

const requestText = ({ method, path, body }: Asset): string =>
  `${method} ${path}\n${JSON.stringify(body, null, 2)}\n`
