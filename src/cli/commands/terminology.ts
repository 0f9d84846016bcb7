/** `tessera terminology`: the operator's own code systems, value sets, maps and translations. */
import type { Command } from 'commander'
import { EXIT, examples } from '../program.ts'

export interface ImportCommandOptions {
  readonly reviewed?: boolean
  readonly source?: string
  readonly json?: boolean
}

export function addTerminology(program: Command): void {
  const terminology = program.command('terminology').description('Code systems, value sets, maps and translations.')
  const command = terminology
    .command('import')
    .argument('<path>', 'a folder, a FHIR package (.tgz) or a JSON file')
    .description('Add terminology; what is imported comes before what ships.')
    .option('--reviewed', 'the designations have been reviewed')
    .option('--source <name>', 'how the source is named to readers')
    .option('--json', 'print the result as JSON')
    .action(async (path: string, options: ImportCommandOptions) => {
      const { importFrom } = await import('../terminology/import.ts')
      process.exitCode = await importFrom(path, options)
    })
  examples(
    command,
    [
      'tessera terminology import designations.json --source "Ministry of Health" --reviewed',
      'tessera terminology import value-sets/',
    ],
    `${EXIT.fine} imported, ${EXIT.failed} nothing usable, or some file could not be used (each is named), ${EXIT.usage} wrong usage`,
  )
}
