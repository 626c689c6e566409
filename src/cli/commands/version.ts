import type { RegisterCommand } from '../command.ts'
import { version } from '../../model/version.ts'

export const registerVersion: RegisterCommand = (program, { terminal }) => {
  program
    .command('version')
    .summary('print the versions')
    .description('Prints the versions of auditor and of what it runs on.')
    .option('--json', 'as JSON')
    .action(({ json }: { json?: boolean }) => {
      const { node, sqlite = 'unknown' } = process.versions
      terminal.stdout.write(
        json === true
          ? `${JSON.stringify({ auditor: version, node, sqlite })}\n`
          : `auditor ${version} (Node ${node}, SQLite ${sqlite})\n`,
      )
    })
}
