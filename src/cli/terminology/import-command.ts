/** `tessera terminology import`: what it takes. */
import type { Command } from 'commander'
import { EXIT, examples } from '../program.ts'

export interface ImportCommandOptions {
  readonly reviewed?: boolean
  readonly source?: string
  readonly format?: string
  readonly language?: string
  readonly contentVersion?: string
  readonly mapping?: string
  readonly stage?: boolean
  readonly by?: string
  readonly module?: string
  readonly uri?: string
  readonly unpublished?: boolean
  readonly partial?: boolean
  readonly home?: string
  readonly json?: boolean
}

export function addImport(terminology: Command): void {
  const command = terminology
    .command('import')
    .argument(
      '<path...>',
      'folders, archives (.tgz, .zip) or files; of SNOMED CT the edition first, then its extensions',
    )
    .description('Add terminology in any known format; what is imported comes before what ships.')
    .option('--reviewed', 'the designations have been reviewed')
    .option('--source <name>', 'how the source is named to readers')
    .option('--format <name>', 'read the files in this format, whatever they look like (a wrong name lists them)')
    .option('--language <tag>', 'language of words whose file does not say it')
    .option('--content-version <text>', 'version of what is read, where the files do not say it')
    .option('--mapping <file>', 'how the columns of a table are to be read')
    .option('--stage', 'only prepare it: the release centre publishes it')
    .option('--by <name>', 'who imports')
    .option('--module <sctid>', 'SNOMED CT: the module that names the edition')
    .option('--unpublished', 'SNOMED CT: a test or preview release (xsct)')
    .option('--uri <uri>', 'SNOMED CT: the URI of edition and version')
    .option('--partial', 'SNOMED CT: missing files and concepts are noticed instead of refused')
    .option('--home <folder>', 'folder of imported terminology; TESSERA_HOME when absent')
    .option('--json', 'print the result as JSON')
    .action(async (paths: readonly string[], options: ImportCommandOptions) => {
      const { importFrom } = await import('./import.ts')
      process.exitCode = await importFrom(paths, options)
    })
  examples(
    command,
    [
      'tessera terminology import SnomedCT_InternationalRF2_PRODUCTION_20260101T120000Z.zip',
      'tessera terminology import hl7.fhir.eu.eps-1.0.0.tgz --stage',
      'tessera terminology import designations.json --source "Ministry of Health" --reviewed',
      'tessera terminology import value-sets/',
    ],
    `${EXIT.fine} imported, ${EXIT.failed} nothing usable, or some file could not be used (each is named), ${EXIT.usage} wrong usage`,
  )
}
