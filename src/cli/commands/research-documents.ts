/** `tessera research from-documents`: clinical documents of a data holder become files of OMOP. */
import type { Command } from 'commander'
import { EXIT, examples } from '../program.ts'
import { withNode } from './research-questions.ts'

export interface FromDocumentsOptions {
  readonly node: string
  readonly config?: string
  readonly dataset: string
  readonly vocabulary?: string
  readonly out: string
  readonly report?: string
  readonly json?: boolean
}

export function addFromDocuments(research: Command): void {
  const command = withNode(research.command('from-documents'))
    .argument(
      '<file|folder...>',
      'documents: FHIR Bundles as JSON, or as NDJSON with one Bundle on each line (.ndjson); CDA as XML',
    )
    .description(
      'Turn clinical documents into the CSV files of OMOP CDM 5.4 that `research load` takes, with an account of every resource. The node’s database keeps who has which number: a person keeps it when more documents come. Name every document of the release, those of before too.',
    )
    .requiredOption('--dataset <id>', 'the dataset, as the catalogue and permits name it')
    .requiredOption('--out <folder>', 'where the files go; nothing may be in it yet')
    .option('--vocabulary <file>', 'what `research vocabulary` has made (default: `research.vocabulary` of the node)')
    .option(
      '--report <file>',
      'write the whole account as JSON; it names documents and resources, and stays with the holder',
    )
    .action(async (paths: readonly string[], options: FromDocumentsOptions) => {
      const { fromDocuments } = await import('../research/from-documents.ts')
      process.exitCode = await fromDocuments(paths, options)
    })
  examples(
    command,
    [
      'tessera research from-documents summaries --dataset https://data.example.pt/summaries --vocabulary athena.duckdb --out omop --config node.json',
      'tessera research from-documents 2026-10 2026-11.ndjson --dataset summaries --out omop --report account.json --config node.json',
      'tessera research load omop --dataset summaries --release 2026-11 --vocabulary athena.duckdb --out summaries.duckdb',
    ],
    `${EXIT.fine} every document was read, ${EXIT.failed} some could not be read (each is named with the reason, the others are in the files), or nothing was written (why is said), ${EXIT.usage} wrong usage`,
  )
}
