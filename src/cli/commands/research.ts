/** `tessera research`: secondary use of health data: datasets here; documents, keys, opt-outs and questions in `research-*.ts` beside. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { EXIT, examples } from '../program.ts'
import { addFromDocuments } from './research-documents.ts'
import { addKeys } from './research-keys.ts'
import { addOptOuts } from './research-opt-outs.ts'
import { addFederate, addRun } from './research-questions.ts'

export const RDF_FORMS = ['turtle', 'json-ld', 'rdf-xml'] as const

export interface GenerateOptions {
  readonly country: string
  readonly persons: number
  readonly seed: string
  readonly rareDiseaseFactor: number
  readonly out: string
  readonly json?: boolean
}

export interface LoadCommandOptions {
  readonly dataset: string
  readonly release: string
  readonly out: string
  readonly vocabulary?: string
  readonly mostRejected?: number
  readonly json?: boolean
}

export interface VocabularyCommandOptions {
  readonly release: string
  readonly out: string
  /** False with `--no-local`. */
  readonly local: boolean
  readonly json?: boolean
}

export interface CatalogueOptions {
  readonly to?: (typeof RDF_FORMS)[number]
  readonly out?: string
  readonly lang: string
  readonly json?: boolean
}

export function addResearch(program: Command): void {
  const research = program
    .command('research')
    .description('Secondary use (HealthData@EU): datasets, their descriptions, questions under permits.')
  addGenerate(research)
  addLoad(research)
  addVocabulary(research)
  addFromDocuments(research)
  addCatalogue(research)
  addKeys(research)
  addOptOuts(research)
  addRun(research)
  addFederate(research)
}

function addGenerate(research: Command): void {
  const command = research
    .command('generate')
    .description('Write an invented population as the CSV files of OMOP CDM 5.4. The same seed gives the same bytes.')
    .requiredOption('--country <code>', 'whose population: FR, PT, EE, GR')
    .option('--persons <number>', 'lives that are drawn', wholeNumber, 20_000)
    .option('--seed <text>', 'what chance begins with', 'tessera')
    .option(
      '--rare-disease-factor <number>',
      'multiplies the prevalence of rare diseases; 1 is life',
      numberAbove(0),
      1,
    )
    .requiredOption('--out <folder>', 'where the files go')
    .option('--json', 'print the counts as JSON')
    .action(async (options: GenerateOptions) => {
      const { generatePopulation } = await import('../research/generate.ts')
      process.exitCode = await generatePopulation(options)
    })
  examples(command, [
    'tessera research generate --country PT --persons 20000 --out people',
    'tessera research generate --country EE --persons 2000 --rare-disease-factor 50 --seed autumn --out people',
  ])
}

function addLoad(research: Command): void {
  const command = research
    .command('load')
    .argument('<folder...>', 'folders with one CSV or Parquet file, or folder of files, for each table of OMOP CDM 5.4')
    .description('Load a dataset into a release: one file that is read by engines and never changed.')
    .requiredOption('--dataset <id>', 'the dataset, as the catalogue and permits name it')
    .requiredOption('--release <name>', 'this state of it, e.g. 2026-11')
    .requiredOption('--out <file>', 'the file to write; it must not exist yet')
    .option('--vocabulary <file>', 'what `research vocabulary` has made, where the folders bring none')
    .option('--most-rejected <share>', 'above this share of rejected rows (0 to 1) nothing is written', numberAbove(0))
    .option('--json', 'print the report as JSON')
    .action(async (folders: readonly string[], options: LoadCommandOptions) => {
      const { loadDataset } = await import('../research/load.ts')
      process.exitCode = await loadDataset(folders, options)
    })
  examples(
    command,
    [
      'tessera research load people --dataset https://data.example.pt/registry --release 2026-11 --out registry.duckdb',
      'tessera research load part-1 part-2 --dataset registry --release 3 --vocabulary athena.duckdb --out registry.duckdb',
    ],
    `${EXIT.fine} loaded (rejected rows are counted and listed), ${EXIT.failed} no release was made, ${EXIT.usage} wrong usage`,
  )
}

function addVocabulary(research: Command): void {
  const command = research
    .command('vocabulary')
    .argument(
      '[folder...]',
      'folders as Athena gives them: CONCEPT.csv, CONCEPT_ANCESTOR.csv, CONCEPT_RELATIONSHIP.csv, …',
    )
    .description(
      'Make one vocabulary file of the OHDSI vocabularies that you have a licence for, to load datasets with.',
    )
    .requiredOption('--release <name>', 'its version, e.g. "v5.0 29-AUG-26"')
    .requiredOption('--out <file>', 'the file to write; it must not exist yet')
    .option('--no-local', 'without the concepts that ship with this program (ORPHA codes, units, and others)')
    .option('--json', 'print the report as JSON')
    .action(async (folders: readonly string[], options: VocabularyCommandOptions) => {
      const { makeVocabulary } = await import('../research/load.ts')
      process.exitCode = await makeVocabulary(folders, options)
    })
  examples(
    command,
    [
      'tessera research vocabulary vocabulary_download_v5 --release "v5.0 29-AUG-26" --out athena.duckdb',
      'tessera research vocabulary --release local --out local.duckdb',
    ],
    `${EXIT.fine} made (rejected rows are counted and listed), ${EXIT.failed} nothing was made, ${EXIT.usage} wrong usage`,
  )
}

function addCatalogue(research: Command): void {
  const command = research
    .command('catalogue')
    .argument('<file>', 'descriptions of datasets as Turtle, JSON-LD or RDF/XML; `-` for standard input')
    .description('Check descriptions of datasets against HealthDCAT-AP Release 8, and convert older ones to it.')
    .addOption(new Option('--to <form>', 'write the descriptions, converted, in this form').choices(RDF_FORMS))
    .option('-o, --out <file>', 'file to write (default: standard output)')
    .option('--lang <tag>', 'language of the words', 'en')
    .option('--json', 'print what was found as JSON')
    .action(async (file: string, options: CatalogueOptions) => {
      const { checkCatalogue } = await import('../research/catalogue.ts')
      process.exitCode = await checkCatalogue(file, options)
    })
  examples(
    command,
    [
      'tessera research catalogue registry.ttl',
      'tessera research catalogue registry.jsonld --to turtle --out registry.ttl --lang fr',
    ],
    `${EXIT.fine} all conform, ${EXIT.failed} something stands against publication or cannot be read, ${EXIT.usage} wrong usage`,
  )
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('Give a whole number from 1.')
  return value
}

function numberAbove(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!Number.isFinite(value) || value < least) throw new InvalidArgumentError(`Give a number from ${least}.`)
    return value
  }
}
