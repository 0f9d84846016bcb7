/** `tessera terminology sync`: what it takes. */
import type { Command } from 'commander'
import { EXIT, examples } from '../program.ts'

export interface SyncCommandOptions {
  readonly from: string
  readonly stage?: boolean
  readonly by?: string
  readonly home?: string
  readonly json?: boolean
}

export function addSync(terminology: Command): void {
  const command = terminology
    .command('sync')
    .description(
      'Fetch the catalogue of the eHDSI Central Terminology Server, all of it or nothing, and make one artifact of it.',
    )
    .requiredOption(
      '--from <file or URL>',
      'configuration (JSON: address, username, passwordFile, source), or the address of the server',
    )
    .option('--stage', 'only prepare it: the release centre publishes it')
    .option('--by <name>', 'who synchronises')
    .option('--home <folder>', 'folder of imported terminology; TESSERA_HOME when absent')
    .option('--json', 'print the result as JSON')
    .action(async (options: SyncCommandOptions) => {
      const { sync } = await import('./sync.ts')
      process.exitCode = await sync(options)
    })
  examples(
    command,
    [
      'tessera terminology sync --from cts.json --stage',
      'TESSERA_CTS_USERNAME=ncp TESSERA_CTS_PASSWORD="$(cat secret)" tessera terminology sync --from https://cts.example.eu/ehealth-termservice',
    ],
    `${EXIT.fine} synchronised, ${EXIT.failed} not, or some of it could not be used (each is named), ${EXIT.usage} wrong usage. What was fetched is kept: the next try goes on from there`,
  )
}
