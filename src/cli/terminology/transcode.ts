/** `tessera terminology transcode`: national codes of a document to European ones. */
import { type Command, Option } from 'commander'
import { EXIT, examples } from '../program.ts'
import type { TransformOptions } from './transform.ts'

export function addTranscode(terminology: Command): void {
  const command = terminology
    .command('transcode')
    .argument('<in>', 'a CDA or FHIR document, or `-` for standard input')
    .description('Give the coded elements of a document their European codes; the original stays beside.')
    .option('--elements <list>', '`all`, `myhealth-eu`, or a file of coded elements', 'myhealth-eu')
    .option('--at <date>', 'the day on which mappings must be valid, e.g. 2026-01-31; today when absent')
    .option('--out <path>', 'file to write; standard output when absent')
    .addOption(new Option('--to <path>').hideHelp())
    .option('--report <path>', 'write what became of each coded element as JSON')
    .option('--home <folder>', 'folder of imported terminology; TESSERA_HOME when absent')
    .action(async (input: string, { to, ...options }: TransformOptions & { readonly to?: string }) => {
      const { transform } = await import('./transform.ts')
      process.exitCode = await transform('transcode', input, to === undefined ? options : { out: to, ...options })
    })
  examples(
    command,
    [
      'tessera terminology transcode friendly.xml --out pivot.xml --report report.json',
      'cat friendly.xml | tessera terminology transcode - --elements all',
    ],
    `${EXIT.fine} done, ${EXIT.failed} no document, or a required element could not be done (the report says which), ${EXIT.usage} wrong usage`,
  )
}
