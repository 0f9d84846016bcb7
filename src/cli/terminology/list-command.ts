/** `tessera terminology list`: what it takes. */
import type { Command } from 'commander'
import { examples } from '../program.ts'

export interface ListCommandOptions {
  readonly home?: string
  readonly json?: boolean
}

export function addList(terminology: Command): void {
  const command = terminology
    .command('list')
    .description('Show what is served: the release, and what it consists of.')
    .option('--home <folder>', 'folder of imported terminology; TESSERA_HOME when absent')
    .option('--json', 'print as JSON')
    .action(async (options: ListCommandOptions) => {
      const { list } = await import('./list.ts')
      process.exitCode = await list(options)
    })
  examples(command, ['tessera terminology list', 'tessera terminology list --json'])
}
