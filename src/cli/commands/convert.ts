/** `tessera convert`: a document, or a folder of them, in another form, with the account of what became of each statement. */
import { type Command, Option } from 'commander'
import { EXIT, examples } from '../program.ts'

export const FORMS = ['cda', 'fhir', 'html', 'pdf', 'text'] as const
export type Form = (typeof FORMS)[number]

export interface ConvertOptions {
  readonly to: Form
  readonly lang: string
  readonly out?: string
  readonly report?: string
}

export function addConvert(program: Command): void {
  const command = program
    .command('convert')
    .argument('<in>', 'a CDA or FHIR file, `-` for standard input, or a folder')
    .description('Read a clinical document and write it as CDA, FHIR, HTML, PDF or text.')
    .addOption(new Option('--to <form>', 'what to write').choices(FORMS).makeOptionMandatory())
    .option('--lang <tag>', 'language of the reader, e.g. fr or fr-BE', 'en')
    .option('-o, --out <path>', 'file to write (default: standard output); with a folder, the folder to write')
    .option('--report <path>', 'write the account as JSON: a file; with a folder, a folder')
    .action(async (input: string, options: ConvertOptions) => {
      const { convert } = await import('../convert/convert.ts')
      process.exitCode = await convert(input, options)
    })
  examples(
    command,
    [
      'tessera convert summary.xml --to html --lang fr --out summary.html',
      'tessera convert summary.json --to text --lang fr',
      'tessera convert summary.json --to cda --out summary.xml --report report.json',
      'tessera convert folder --to fhir --out converted --report reports',
      'cat summary.xml | tessera convert - --to fhir --report report.json',
    ],
    `${EXIT.fine} fine, ${EXIT.failed} some input could not be read or written (each is named with its place and the reason), ${EXIT.usage} wrong usage`,
  )
}
