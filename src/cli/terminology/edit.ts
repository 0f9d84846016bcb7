/** `tessera terminology edit`: translations and maps on their way to a release, in files of translators and spreadsheets. */
import { type Command, Option } from 'commander'
import { EXIT, examples } from '../program.ts'
import { type CentreOptions, type StepOptions, withCentre, withStep } from './release.ts'

interface WorkingSet {
  readonly workingSet?: string
}

export interface ExportOptions extends CentreOptions, WorkingSet {
  readonly format: 'xliff' | 'csv'
  readonly kind: 'designation' | 'mapping'
  readonly language?: string
  readonly from: string
  readonly status?: 'draft' | 'in-review' | 'reviewed' | 'rejected'
  readonly untranslated?: string
  readonly source: string
  readonly delimiter: ',' | ';'
  readonly bom?: boolean
  readonly out?: string
}

export interface ImportOptions extends StepOptions, WorkingSet {}

export interface ArtifactOptions extends CentreOptions, WorkingSet {
  readonly by: string
  readonly title: string
  readonly unreviewed?: boolean
}

const CODES = `${EXIT.fine} done, ${EXIT.failed} not possible, or some row could not be used (each is named), ${EXIT.usage} wrong usage`

/** @param terminology the command `tessera terminology` */
export function registerEditCommands(terminology: Command): void {
  const edit = terminology.command('edit').description('Translations and maps under review: to and from XLIFF and CSV.')
  addExport(edit)
  addImport(edit)
  addStatus(edit)
  addArtifact(edit)
}

function inWorkingSet(command: Command): Command {
  return command.option('--working-set <name>', 'which work; default: main')
}

function addExport(edit: Command): void {
  const command = inWorkingSet(withCentre(edit.command('export')))
    .description('Write entries for a translation tool (XLIFF 2.1) or a spreadsheet (CSV).')
    .addOption(new Option('--format <name>', 'xliff or csv').choices(['xliff', 'csv']).default('csv'))
    .addOption(
      new Option('--kind <name>', 'of CSV: designation or mapping')
        .choices(['designation', 'mapping'])
        .default('designation'),
    )
    .option('--language <tag>', 'only entries of this language; of XLIFF the language to translate into')
    .option('--from <tag>', 'of XLIFF: the language to translate from', 'en')
    .addOption(
      new Option('--status <name>', 'only these entries').choices(['draft', 'in-review', 'reviewed', 'rejected']),
    )
    .option('--untranslated <valueset>', 'of XLIFF: also members of this value set that have no word in the language')
    .option('--source <name>', 'how the source of new words is named to readers', 'National release centre')
    .addOption(new Option('--delimiter <character>', 'of CSV').choices([',', ';']).default(','))
    .option('--bom', 'of CSV: begin with a byte order mark, as Excel wants it')
    .option('--out <file>', 'default: standard output')
    .action(async (options: ExportOptions) => {
      const { exportWork } = await import('./edit-actions.ts')
      process.exitCode = await exportWork(options)
    })
  examples(
    command,
    [
      'tessera terminology edit export --format xliff --language pt --untranslated 1.3.6.1.4.1.12559.11.10.1.3.1.42.5 --out pt.xlf',
      'tessera terminology edit export --kind mapping --status in-review --delimiter ";" --bom --out maps.csv',
    ],
    CODES,
  )
}

function addImport(edit: Command): void {
  const command = inWorkingSet(withStep(edit.command('import')))
    .description(
      'Read entries from XLIFF (.xlf, .xliff) or CSV; what was changed here meanwhile is told, not overwritten.',
    )
    .argument('<file>', 'what a translation tool or a spreadsheet has saved')
    .action(async (file: string, options: ImportOptions) => {
      const { importWork } = await import('./edit-actions.ts')
      process.exitCode = await importWork(file, options)
    })
  examples(
    command,
    [
      'tessera terminology edit import pt.xlf --by "Ana Costa"',
      'tessera terminology edit import maps.csv --by "Bea Lund"',
    ],
    CODES,
  )
}

function addStatus(edit: Command): void {
  const command = inWorkingSet(withCentre(edit.command('status')))
    .description('Count the entries by language or map and by state.')
    .action(async (options: CentreOptions & WorkingSet) => {
      const { showStatus } = await import('./edit-actions.ts')
      process.exitCode = await showStatus(options)
    })
  examples(command, ['tessera terminology edit status', 'tessera terminology edit status --json'], CODES)
}

function addArtifact(edit: Command): void {
  const command = inWorkingSet(withCentre(edit.command('artifact')))
    .description('Make an artifact of the reviewed entries, to stage it.')
    .requiredOption('--by <name>', 'who does it')
    .option('--title <text>', 'what it is called', 'Translations and maps')
    .option('--unreviewed', 'also entries that are not reviewed, marked so; rejected ones never')
    .action(async (options: ArtifactOptions) => {
      const { makeArtifact } = await import('./edit-actions.ts')
      process.exitCode = await makeArtifact(options)
    })
  examples(command, ['tessera terminology edit artifact --title "Portuguese words" --by "Ana Costa"'], CODES)
}
