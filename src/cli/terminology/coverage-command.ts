/** `tessera terminology coverage`: what it takes. */
import type { Command } from 'commander'
import { examples } from '../program.ts'

export interface CoverageCommandOptions {
  readonly lang?: readonly string[]
  readonly home?: string
  readonly json?: boolean
}

export function addCoverage(terminology: Command): void {
  const command = terminology
    .command('coverage')
    .description('Count, for each value set, the concepts that have words in a language.')
    .option('--lang <tag...>', 'languages to show; all when absent')
    .option('--home <folder>', 'folder of imported terminology; TESSERA_HOME when absent')
    .option('--json', 'print as JSON')
    .action(async (options: CoverageCommandOptions) => {
      const { coverage } = await import('./coverage.ts')
      process.exitCode = await coverage(options)
    })
  examples(command, ['tessera terminology coverage --lang fr de', 'tessera terminology coverage --json'])
}
